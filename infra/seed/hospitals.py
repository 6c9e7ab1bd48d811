"""The demo hospitals: names, grades and addresses are public facts; their times are ours."""

from __future__ import annotations

from datetime import time
from typing import NamedTuple

from guahao.domain.catalog.booking_rule import BookingRule
from guahao.domain.catalog.catalog import Grade, Hospital
from infra.seed.dictionary import grade_name
from infra.seed.regions import codes_above, full_name


class _Facts(NamedTuple):
    code: str
    name: str
    grade: Grade
    district_code: str
    address: str
    rule: BookingRule


def _rule(cycle_days: int, release: time, stop: time, quit_day_offset: int, quit_at: time) -> BookingRule:
    deadline = "就诊前一日" if quit_day_offset else "就诊当日"
    notes = (
        f"每日{release:%H:%M}放号，可预约{cycle_days}天内的号源，当日{stop:%H:%M}停止预约。",
        f"退号截止时间为{deadline}{quit_at:%H:%M}，逾期不能退号。",
        "请携带就诊人的有效证件，按取号时间到院取号就诊。",
    )
    return BookingRule(cycle_days, release, stop, quit_day_offset, quit_at, notes)


_EARLY = _rule(7, time(8), time(16, 30), 0, time(7, 30))
_STRICT = _rule(7, time(8), time(11, 30), -1, time(15))
_LONG = _rule(10, time(7, 30), time(17), -1, time(15))
_LATE = _rule(8, time(15), time(23, 30), 0, time(12))
_A, _B, _C = Grade.TERTIARY_A, Grade.TERTIARY_B, Grade.SECONDARY_A

_FACTS = (
    _Facts("10001", "北京协和医院", _A, "110101", "东城区帅府园1号", _EARLY),
    _Facts("10002", "北京大学第一医院", _A, "110102", "西城区西什库大街8号", _STRICT),
    _Facts("10003", "首都医科大学附属北京天坛医院", _A, "110106", "丰台区南四环西路119号", _LATE),
    _Facts("10004", "北京市普仁医院", _C, "110101", "东城区崇外大街100号", _EARLY),
    _Facts("10005", "复旦大学附属中山医院", _A, "310104", "徐汇区枫林路180号", _LONG),
    _Facts("10006", "上海交通大学医学院附属瑞金医院", _A, "310101", "黄浦区瑞金二路197号", _STRICT),
    _Facts("10007", "上海市静安区中心医院", _B, "310106", "静安区西康路259号", _LATE),
    _Facts("10008", "中山大学附属第一医院", _A, "440104", "越秀区中山二路58号", _EARLY),
    _Facts("10009", "深圳市人民医院", _A, "440303", "罗湖区东门北路1017号", _LATE),
    _Facts("10010", "四川大学华西医院", _A, "510107", "武侯区国学巷37号", _LONG),
    _Facts("10011", "华中科技大学同济医学院附属同济医院", _A, "420104", "硚口区解放大道1095号", _STRICT),
    _Facts("10012", "浙江大学医学院附属第一医院", _A, "330102", "上城区庆春路79号", _EARLY),
    _Facts("10013", "南京鼓楼医院", _A, "320106", "鼓楼区中山路321号", _STRICT),
    _Facts("10014", "中南大学湘雅医院", _A, "430105", "开福区湘雅路87号", _LATE),
)


def demo_hospitals() -> list[Hospital]:
    """Return the hospitals, the first of them the one that demonstrations use."""
    return [_hospital(facts) for facts in _FACTS]


def _hospital(facts: _Facts) -> Hospital:
    province_code, city_code = codes_above(facts.district_code)
    region, grade = full_name(facts.district_code), grade_name(facts.grade)
    return Hospital(
        hospital_code=facts.code,
        name=facts.name,
        grade=facts.grade,
        province_code=province_code,
        city_code=city_code,
        district_code=facts.district_code,
        address=facts.address,
        booking_rule=facts.rule,
        introduction=f"{facts.name}是位于{region}的{grade}医院。这里的科室、医生和排班均为演示数据。",
        route=f"导航至{region}的{facts.name}（{facts.address}）。",
    )
