"""Characters that no XML can hold come in nowhere: one of them would make a whole export unreadable."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from guahao.contracts import Reason
from guahao.contracts.partner_calls import RegistrationAnswer
from guahao.domain.errors import Invalid
from guahao.runtime.requests import checked_body
from tests.builders import NOW, department_entry, hospital_entry, schedule_entry
from tests.functions import sample_event
from tests.unit.test_events import ROUTES

FORBIDDEN = ["\ufffe", "\uffff", chr(0xD800), chr(0xDFFF)]


@pytest.mark.parametrize("forbidden", FORBIDDEN)
@pytest.mark.parametrize("field", ["name", "introduction", "group_name", "doctor_name", "skill", "address"])
def test_no_hospital_publishes_one(field: str, forbidden: str) -> None:
    entries = [entry for entry in (hospital_entry(), department_entry(), schedule_entry()) if field in type(entry).model_fields]
    assert entries
    for entry in entries:
        with pytest.raises(ValidationError):
            type(entry).model_validate(entry.model_dump() | {field: f"内{forbidden}科"})


@pytest.mark.parametrize("forbidden", FORBIDDEN)
@pytest.mark.parametrize("field", ["record_id", "check_in_place"])
def test_no_answer_of_a_hospital_has_one(field: str, forbidden: str) -> None:
    answer = {"record_id": "R1", "check_in_at": NOW, "check_in_place": "门诊楼3层"}
    assert RegistrationAnswer.model_validate(answer)
    with pytest.raises(ValidationError):
        RegistrationAnswer.model_validate(answer | {field: f"1{forbidden}"})


@pytest.mark.parametrize("forbidden", FORBIDDEN)
@pytest.mark.parametrize(
    ("function", "case", "field"),
    [
        ("identity", "submit", "name"),
        ("patients", "create", "name"),
        ("patients", "create", "address"),
        ("hospital_settings", "create", "name"),
        ("hospital_settings", "create", "contactName"),
    ],
)
def test_no_route_takes_one(function: str, case: str, field: str, forbidden: str) -> None:
    event = sample_event(function, case)
    model = ROUTES[function][event["httpMethod"], event["resource"]].input
    assert model
    for body in (json.dumps(json.loads(event["body"]) | {field: f"王{forbidden}明"}), json.dumps({"reason": f"王{forbidden}明"})):
        with pytest.raises(Invalid):
            checked_body(model if field in body else Reason, body.encode())


def test_a_reason_without_one_is_taken() -> None:
    assert checked_body(Reason, '{"reason": "欠费\U000323b0"}'.encode())
