"""Department trees of the demo hospitals: eight departments in four groups, chosen by the hospital's code."""

from __future__ import annotations

from typing import NamedTuple

from guahao.domain.catalog.catalog import Department
from infra.seed.chance import pick_some


class _Kind(NamedTuple):
    code: str
    name: str
    treats: str


_GROUPS: dict[tuple[str, str], tuple[_Kind, ...]] = {
    ("01", "内科"): (
        _Kind("0101", "心血管内科", "高血压、冠心病和心律失常"),
        _Kind("0102", "消化内科", "胃炎、消化性溃疡和肠道疾病"),
        _Kind("0103", "呼吸与危重症医学科", "哮喘、慢阻肺和肺部感染"),
        _Kind("0104", "神经内科", "头痛、眩晕和脑血管病"),
    ),
    ("02", "外科"): (
        _Kind("0201", "普通外科", "甲状腺结节、胆石症和疝"),
        _Kind("0202", "骨科", "颈椎病、腰椎病和关节损伤"),
        _Kind("0203", "泌尿外科", "泌尿系结石和前列腺疾病"),
        _Kind("0204", "神经外科", "颅脑肿瘤和脑血管畸形"),
    ),
    ("03", "妇产科"): (
        _Kind("0301", "妇科", "妇科炎症、子宫肌瘤和月经失调"),
        _Kind("0302", "产科", "孕期检查和高危妊娠"),
    ),
    ("04", "儿科"): (
        _Kind("0401", "儿内科", "儿童发热、咳嗽和腹泻"),
        _Kind("0402", "儿外科", "小儿疝气和先天畸形"),
    ),
    ("05", "五官科"): (
        _Kind("0501", "眼科", "近视、白内障和青光眼"),
        _Kind("0502", "耳鼻咽喉科", "鼻炎、中耳炎和咽喉疾病"),
        _Kind("0503", "口腔科", "龋病、牙周病和智齿"),
    ),
}
_TREATS = {kind.code: kind.treats for kinds in _GROUPS.values() for kind in kinds}


def departments_of(hospital_code: str) -> list[Department]:
    """Return the hospital's departments; internal medicine and surgery are everywhere."""
    always, others = list(_GROUPS)[:2], list(_GROUPS)[2:]
    groups = [*always, *pick_some(f"{hospital_code} groups", others, 2)]
    return [
        Department(hospital_code, kind.code, kind.name, code, name, f"诊治{kind.treats}等疾病。")
        for code, name in groups
        for kind in pick_some(f"{hospital_code} {code}", _GROUPS[code, name], 2)
    ]


def treats(department_code: str) -> str:
    """Return what the department treats, in words."""
    return _TREATS[department_code]
