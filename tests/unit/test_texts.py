"""Names and places: which are taken, how they are stored, and how searches and comparisons see them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from guahao.contracts.partner import ScheduleEntry
from guahao.contracts.partner_calls import RegistrationAnswer
from guahao.contracts.queries import PatientQuery
from guahao.domain.booking.orders import place
from guahao.domain.errors import Invalid
from guahao.domain.texts import folded, name_fault, same_name, text_fault, with_usual_dots
from guahao.ports.booking.orders import OrderFilter
from guahao.runtime.requests import checked_body
from tests.builders import NOW, department_entry, hospital_entry, patient, schedule, schedule_entry
from tests.functions import sample_event
from tests.unit.registering import World
from tests.unit.test_events import ROUTES

DOTS = "•・．‧･"
RARE = ["𠮷野家", "\U000323b0", "葛\U000e0100城", "邉\ufe00", "㛃", "买买提·艾力", "O'Neil", "J. Smith", "Łukasz"]
UNSEEN = [
    "\u200b",
    "\u202e",
    "\u2066",
    "\u00ad",
    "\ufeff",
    "\u2060",
    "\u3164",
    "\u115f",
    "\u034f",
    "\x00",
    "\n",
    "\x85",
    "\u2028",
    "\U000e0041",
]


@pytest.mark.parametrize("dot", DOTS)
def test_the_dot_in_a_name_is_stored_as_one_code(dot: str) -> None:
    """U+00B7, as the notice of twelve ministries of 2016 has it for names of minorities."""
    assert with_usual_dots(f"买买提{dot}艾力") == "买买提·艾力"


@pytest.mark.parametrize("name", RARE)
def test_rare_characters_and_ideographic_variants_are_names_and_stay_as_they_are(name: str) -> None:
    assert name_fault(name) == ""
    assert with_usual_dots(name) == name


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_cannot_be_seen_or_turns_the_writing_is_in_no_name(unseen: str) -> None:
    assert all(name_fault(text) for text in (f"张{unseen}三", unseen, f"张三{unseen}"))
    assert text_fault(f"张{unseen}三") or unseen == "\n"


@pytest.mark.parametrize("name", ["", " ", "·", "···", "-", "……", "\u3000", "\u0301", "\ufe00张", "a\U000e0100"])
def test_a_name_of_nothing_is_none(name: str) -> None:
    assert name_fault(name)


@pytest.mark.parametrize("text", ["门诊楼3层5号取号窗口", "1号楼B1.2区", "Bldg. 3, 2F", "No.5 Ward", "Bldg.East 3F"])
def test_a_place_without_a_link_is_one(text: str) -> None:
    assert name_fault(text) == ""


@pytest.mark.parametrize("text", ["3层 http://a.b/c", "3层dwz.cn/abc", "ｗｗｗ．ａｂｃ．ｃｏｍ", "请点t.cn/xyz", "医院.公司"])
def test_a_link_is_in_no_name_and_no_place(text: str) -> None:
    assert name_fault(text) == "holds a link"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ医院", "abc医院"),
        ("鍾", "钟"),
        ("锺", "钟"),
        ("鐘樓醫院", "钟楼医院"),
        ("蕭", "萧"),
        ("葉", "叶"),
        ("葛\U000e0100", "葛"),
    ],
)
def test_a_search_sees_no_difference_of_width_case_script_and_variant(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("张", "章"), ("萧", "肖"), ("钱", "前"), ("阎", "严"), ("吴", "伍")])
def test_two_surnames_stay_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize("other", ["買買提·艾力", "买买提 艾力", "买买提艾力", "买买提•艾力", " 买买提・艾力 "])
def test_one_persons_name_is_the_same_with_other_dots_spaces_and_script(other: str) -> None:
    assert same_name("买买提·艾力", other)
    assert not same_name("买买提·艾山", other)


@pytest.mark.parametrize(
    ("function", "case", "path"),
    [
        ("identity", "submit", ["name"]),
        ("patients", "create", ["name"]),
        ("patients", "create", ["contact", "name"]),
        ("patients", "create", ["address"]),
        ("hospital_settings", "create", ["name"]),
        ("hospital_settings", "create", ["contactName"]),
    ],
)
def test_no_route_takes_what_cannot_be_seen_in_a_name_or_place(function: str, case: str, path: list[str]) -> None:
    event = sample_event(function, case)
    model = ROUTES[function][event["httpMethod"], event["resource"]].input
    assert model
    body = json.loads(event["body"])
    assert checked_body(model, json.dumps(body).encode())
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = "王\u202e明"
    with pytest.raises(Invalid) as refusal:
        checked_body(model, json.dumps(body).encode())
    assert [fault["field"] for fault in refusal.value.errors] == [".".join(path)]


@pytest.mark.parametrize("field", ["department_code", "name", "group_name", "introduction", "doctor_name", "skill", "address"])
def test_no_hospital_publishes_what_cannot_be_seen(field: str) -> None:
    refused = 0
    for entry in (hospital_entry(), department_entry(), schedule_entry()):
        if field in type(entry).model_fields:
            with pytest.raises(ValidationError):
                type(entry).model_validate(entry.model_dump() | {field: "内\u200b科"})
            refused += 1
    assert refused


def test_the_names_that_hospitals_publish_are_stored_with_the_usual_dot() -> None:
    entry = schedule_entry()
    stored = ScheduleEntry.model_validate(entry.model_dump() | {"doctor_name": "阿里木•买买提"})
    assert stored.doctor_name == "阿里木·买买提"


@pytest.mark.parametrize("told", ["3层\u202e", "3层 t.cn/xyz", "  ", "·"])
def test_a_check_in_place_that_could_mislead_is_no_confirmation(told: str) -> None:
    """It goes into an SMS as it is."""
    answer = {"record_id": "R1", "check_in_at": NOW, "check_in_place": "门诊楼3层"}
    assert RegistrationAnswer.model_validate(answer)
    with pytest.raises(ValidationError):
        RegistrationAnswer.model_validate(answer | {"check_in_place": told})


@pytest.mark.parametrize("asked", ["买买提·艾力", "買買提•艾力", "艾力", "提・艾"])
def test_patients_are_found_however_the_name_is_written(asked: str) -> None:
    world = World()
    registered = world.register(name="买买提·艾力")
    assert world.patients.find("u1", PatientQuery(q=asked, limit=5)).items == [registered]
    assert world.patients.find("u1", PatientQuery(q="艾山", limit=5)).items == []


@pytest.mark.parametrize("asked", ["協和", "ＸＩＥ", "林一", "心內"])
def test_a_user_finds_orders_however_the_names_are_written(asked: str) -> None:
    order = place(schedule(hospital_name="协和医院（Xie）"), 1, order_id="o1", patient=patient(), now=NOW, hold=timedelta(minutes=15))
    assert OrderFilter(asked).fits(order)
    assert not OrderFilter("儿科").fits(order)
