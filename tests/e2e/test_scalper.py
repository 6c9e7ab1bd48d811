"""A scalper's attack on a schedule: one account with invented patients that takes numbers, pays for none, and begins again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from infra.seed.users import citizen

from tests.e2e.client import Visitor, eventually, set_stage
from tests.e2e.conftest import HOLD_SECONDS, Stack

NUMBERS, INVENTED = 10, 9
DAY = timedelta(days=1)


def test_a_scalper_holds_two_numbers_at_most_and_is_refused_for_a_day_after_two_that_were_not_paid(stack: Stack) -> None:
    stage = set_stage(stack, NUMBERS, 13500000700, 2)
    scalper, honest = (Visitor(stack, person["phone"], person["patientId"]).log_in() for person in stage.people)
    people = [scalper.patient_id, *(invent(scalper, n) for n in range(INVENTED))]

    answers = [scalper.book(stage.schedule_id, patient_id=patient_id) for patient_id in people]
    assert [answer.status_code for answer in answers] == [201, 201, *[409] * (NUMBERS - 2)]
    assert {answer.json()["type"] for answer in answers[2:]} == {"urn:guahao:problem:unpaid-holds"}
    held = [answer.json() for answer in answers[:2]]
    assert answers[2].json()["retryAt"] == min(order["holdUntil"] for order in held)
    assert honest.free(stage.schedule_id) == NUMBERS - 2

    assert scalper.cancel(held[0]["orderId"]).status_code == 200
    eventually(lambda: scalper.order(held[1]["orderId"])["state"] == "cancelled", HOLD_SECONDS + 30)
    eventually(lambda: honest.free(stage.schedule_id) == NUMBERS)
    for patient_id in people:
        refused = scalper.book(stage.schedule_id, patient_id=patient_id)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:guahao:problem:unpaid-ends")
        left = datetime.fromisoformat(refused.json()["retryAt"]) - datetime.now(UTC)
        assert DAY - timedelta(seconds=HOLD_SECONDS + 90) < left < DAY
    assert honest.free(stage.schedule_id) == NUMBERS

    order = honest.book(stage.schedule_id).json()
    assert honest.scan(honest.open_payment(order["orderId"]).json()["codeUrl"]).status_code == 200
    eventually(lambda: honest.order(order["orderId"])["state"] == "paid")


def invent(scalper: Visitor, n: int) -> str:
    """Register somebody whom nobody has proven and return the patient's id."""
    number, sex, birth_date = citizen(f"1350000{71 + n}00")
    body = {
        "name": f"林{'一二三四五六七八九'[n]}",
        "certificateType": "idCard",
        "certificateNumber": number,
        "sex": sex.value,
        "birthDate": birth_date.isoformat(),
        "phone": scalper.phone,
        "provinceCode": "110000",
        "cityCode": "110100",
        "districtCode": "110101",
        "address": "东城区示例街1号",
    }
    registered = scalper.http.post("/api/me/patients", json=body)
    assert registered.status_code == 201, registered.text
    patient_id: str = registered.json()["patientId"]
    return patient_id
