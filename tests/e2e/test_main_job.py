"""A patient books a number, end to end, over HTTP against the deployed stack."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.e2e.client import Visitor, cancelled_for, eventually, set_stage
from tests.e2e.conftest import HOLD_SECONDS, Stack

PHONES = 13900000000


@pytest.fixture(scope="module")
def patient(stack: Stack) -> Visitor:
    # Not the demo account, with which the README's schedule logs in: a phone gets one code a minute.
    person = set_stage(stack, 1, PHONES + 400, 1).people[0]
    return Visitor(stack, person["phone"], person["patientId"]).log_in()


def find_schedule(visitor: Visitor) -> dict[str, Any]:
    """Walk from the search to a schedule with free numbers, as a patient does."""
    hospital = visitor.http.get("/api/hospitals", params={"q": "协和"}).json()["items"][0]["hospitalCode"]
    groups = visitor.http.get(f"/api/hospitals/{hospital}/departments").json()["items"]
    department = f"/api/hospitals/{hospital}/departments/{groups[0]['departments'][0]['departmentCode']}"
    days = visitor.http.get(f"{department}/days").json()["items"]
    day = next(d for d in days[1:] if d["state"] == "open")
    schedules = visitor.http.get(f"{department}/days/{day['date']}/schedules").json()["items"]
    assert sum(s["free"] for s in schedules) == day["free"]
    found: dict[str, Any] = next(s for s in schedules if s["free"])
    return found


def test_the_whole_job(patient: Visitor) -> None:
    schedule = find_schedule(patient)
    booked = patient.book(schedule["scheduleId"])
    assert booked.status_code == 201
    order = booked.json()
    order_id = order["orderId"]
    assert booked.headers["Location"] == f"/api/orders/{order_id}"
    assert (order["state"], order["feeFen"]) == ("awaitingPayment", schedule["feeFen"])
    assert patient.free(schedule["scheduleId"]) == schedule["free"] - 1

    payment = patient.open_payment(order_id).json()
    assert (payment["state"], payment["amountFen"], payment["expiresAt"]) == ("open", schedule["feeFen"], order["holdUntil"])
    assert b"<svg" in b64decode(payment["qrCode"].removeprefix("data:image/svg+xml;base64,"))
    assert patient.open_payment(order_id).json()["codeUrl"] == payment["codeUrl"]
    assert patient.scan(payment["codeUrl"]).status_code == 200

    def paid() -> dict[str, Any] | None:
        found = patient.order(order_id)
        return found if found["state"] == "paid" and found["hospitalRecordId"] else None

    order = eventually(paid)
    assert [(step["state"], step["cause"]) for step in order["timeline"]] == [
        ("awaitingPayment", "booked"),
        ("awaitingPayment", "paymentOpened"),
        ("paid", "paid"),
    ]
    assert order["checkInPlace"]
    eventually(lambda: patient.hospital_knows(order_id) == "paid")
    confirmation = eventually(lambda: [m for m in patient.messages() if "预约成功" in m])
    assert f"{order['number']}号" in confirmation[0]
    assert order_id in [o["orderId"] for o in patient.http.get("/api/orders", params={"q": "协和", "status": "paid"}).json()["items"]]
    calendar = patient.http.get(f"/api/orders/{order_id}/calendar.ics")
    assert calendar.headers["Content-Type"].startswith("text/calendar")

    assert patient.cancel(order_id).json()["state"] == "cancelled"
    assert patient.cancel(order_id).status_code == 200
    eventually(lambda: patient.order(order_id)["payment"]["state"] == "refunded")
    assert patient.trade(order_id)["refunded"] == schedule["feeFen"]
    eventually(lambda: patient.hospital_knows(order_id) == "cancelled")
    eventually(lambda: any("退回全额" in m for m in patient.messages()))
    eventually(lambda: patient.free(schedule["scheduleId"]) == schedule["free"])
    assert sum("预约成功" in m for m in patient.messages()) == 1


def test_the_same_key_answers_with_the_same_order(stack: Stack, patient: Visitor) -> None:
    stage = set_stage(stack, 2, PHONES + 100, 1)
    first, again = patient.book(stage.schedule_id, "twice"), patient.book(stage.schedule_id, "twice")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert patient.free(stage.schedule_id) == 1
    elsewhere = patient.book(find_schedule(patient)["scheduleId"], "twice")
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (422, "urn:guahao:problem:idempotency-key-reused")
    assert patient.cancel(first.json()["orderId"]).status_code == 200


def test_32_patients_race_for_the_last_10_numbers_and_unpaid_ones_come_back(stack: Stack) -> None:
    stage = set_stage(stack, 10, PHONES, 32)
    visitors = [Visitor(stack, person["phone"], person["patientId"]) for person in stage.people]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(Visitor.log_in, visitors))
    # A cold burst stalls on two cores: let each visitor have a warm process before the race.
    for width in (8, 32):
        with ThreadPoolExecutor(width) as threads:
            list(threads.map(lambda visitor: visitor.http.get("/api/orders"), visitors))
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda visitor: visitor.book(stage.schedule_id), visitors))
    orders = [answer.json() for answer in answers if answer.status_code == 201]
    refusals = [answer.json()["type"] for answer in answers if answer.status_code == 409]
    assert sorted(order["number"] for order in orders) == list(range(1, 11))
    assert refusals == ["urn:guahao:problem:sold-out"] * 22
    assert visitors[0].free(stage.schedule_id) == 0
    owners = [(v, a.json()["orderId"]) for v, a in zip(visitors, answers, strict=True) if a.status_code == 201]
    for visitor, order_id in owners:
        order = eventually(lambda v=visitor, o=order_id: _cancelled(v.order(o)), HOLD_SECONDS + 30)
        assert cancelled_for(order) == "holdExpired"
    eventually(lambda: visitors[0].free(stage.schedule_id) == 10)


def _cancelled(order: dict[str, Any]) -> dict[str, Any] | None:
    return order if order["state"] == "cancelled" else None


def test_money_that_comes_after_the_hold_is_refunded(stack: Stack) -> None:
    stage = set_stage(stack, 1, PHONES + 200, 1)
    visitor = Visitor(stack, stage.people[0]["phone"], stage.people[0]["patientId"]).log_in()
    order_id = visitor.book(stage.schedule_id).json()["orderId"]
    code_url = visitor.open_payment(order_id).json()["codeUrl"]
    assert visitor.cancel(order_id).status_code == 200
    scanned = visitor.scan(code_url)

    def settled() -> bool:
        trade = visitor.trade(order_id)
        if scanned.status_code == 200:
            return bool(trade["refunded"] == trade["amount"])
        return bool(trade["state"] == "CLOSED")

    eventually(settled)
    eventually(lambda: visitor.order(order_id)["payment"]["state"] in ("refunded", "closed"))
    assert visitor.open_payment(order_id).status_code == 409


NOTIFICATIONS = "/api/payments/wechat/notifications"


def _guess(visitor: Visitor) -> dict[str, str]:
    return {"phone": visitor.phone, "code": "000000"}


Call = Callable[[Visitor, "Visitor", dict[str, str]], httpx.Response]
REFUSALS: dict[str, tuple[Call, int, str]] = {
    "no token": (lambda v, o, x: v.outside.get(f"{v.http.base_url}/api/orders"), 401, "unauthenticated"),
    "a wrong token": (lambda v, o, x: v.http.get("/api/orders", headers={"Authorization": "Bearer x.y.z"}), 401, "unauthenticated"),
    "a wrong login code": (
        lambda v, o, x: v.http.post("/api/sessions", json={"phone": v.phone, "code": "000000", "requestId": "none"}),
        401,
        "wrong-login-code",
    ),
    "a phone that is none": (lambda v, o, x: v.http.post("/api/login-codes", json={"phone": "12345"}), 400, "invalid-request"),
    "no such address": (lambda v, o, x: v.http.get("/api/nowhere"), 404, "not-found"),
    "no such hospital": (lambda v, o, x: v.http.get("/api/hospitals/99999"), 404, "not-found"),
    "no such schedule": (lambda v, o, x: v.book("nowhere"), 404, "not-found"),
    "somebody else's order": (lambda v, o, x: o.http.get(f"/api/orders/{x['order']}"), 404, "not-found"),
    "cancelling somebody else's order": (lambda v, o, x: o.cancel(x["order"]), 404, "not-found"),
    "paying somebody else's order": (lambda v, o, x: o.open_payment(x["order"]), 404, "not-found"),
    "somebody else's patient": (lambda v, o, x: o.book(x["other"], patient_id=x["patient"]), 404, "not-found"),
    "a sold-out schedule": (lambda v, o, x: o.book(x["schedule"]), 409, "sold-out"),
    "a second booking of the day": (lambda v, o, x: v.book(x["other"]), 409, "duplicate-booking"),
    "a suspended schedule": (lambda v, o, x: v.book(x["suspended"]), 409, "schedule-suspended"),
    "a closed schedule": (lambda v, o, x: v.book(x["closed"]), 409, "schedule-closed"),
    "a schedule not released": (lambda v, o, x: v.book(x["notReleased"]), 422, "not-released"),
    "no key": (lambda v, o, x: v.http.post("/api/orders", json={"scheduleId": "a", "patientId": "b"}), 400, "invalid-request"),
    "no JSON": (lambda v, o, x: v.http.post("/api/orders", content=b"{", headers={"Idempotency-Key": "k"}), 400, "invalid-request"),
    "a field too many": (
        lambda v, o, x: v.http.post("/api/orders", json={"scheduleId": "a", "patientId": "b", "x": 1}, headers={"Idempotency-Key": "k"}),
        400,
        "invalid-request",
    ),
    "a notification that nobody signed": (
        lambda v, o, x: v.http.post("/api/payments/wechat/notifications", json={}),
        401,
        "notification-refused",
    ),
    "a cursor that is not ours": (lambda v, o, x: v.http.get("/api/orders", params={"cursor": "%%"}), 400, "invalid-request"),
}


@pytest.fixture(scope="module")
def others(stack: Stack) -> tuple[Visitor, Visitor, dict[str, str]]:
    """A visitor with the only number of a schedule, another verified visitor, and schedules of every kind."""
    stage, other = set_stage(stack, 1, PHONES + 300, 2), set_stage(stack, 1, PHONES + 300, 0)
    first, second = (Visitor(stack, p["phone"], p["patientId"]).log_in() for p in stage.people)
    order = first.book(stage.schedule_id).json()
    first.scan(first.open_payment(order["orderId"]).json()["codeUrl"])
    eventually(lambda: first.order(order["orderId"])["state"] == "paid")
    known = {"order": order["orderId"], "patient": first.patient_id, "schedule": stage.schedule_id, "other": other.schedule_id}
    found = [s for d in _departments(first) for s in _schedules(first, d)]
    # Of the first day shown, today's, half-days that are over are shown as closed too.
    today = min(s["date"] for s, _ in found)
    for state in ("suspended", "closed"):
        known[state] = next(s["scheduleId"] for s, day in found if s["state"] == state and day in ("open", "full") and s["date"] > today)
    known["notReleased"] = set_stage(stack, 1, PHONES, 0, days_ahead=60).schedule_id
    return first, second, known


def _departments(visitor: Visitor) -> list[str]:
    tree = visitor.http.get("/api/hospitals/10001/departments").json()["items"]
    return [f"/api/hospitals/10001/departments/{d['departmentCode']}" for group in tree for d in group["departments"]]


def _schedules(visitor: Visitor, department: str) -> list[tuple[dict[str, Any], str]]:
    days = [d for d in visitor.http.get(f"{department}/days").json()["items"] if d["schedules"]]
    return [(s, d["state"]) for d in days for s in visitor.http.get(f"{department}/days/{d['date']}/schedules").json()["items"]]


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_a_problem_document_and_leaves_nothing_behind(others: tuple[Visitor, Visitor, dict[str, str]], case: str) -> None:
    first, second, known = others
    call, status, kind = REFUSALS[case]
    before = (first.order(known["order"])["timeline"], first.free(known["other"]))
    answer = call(first, second, known)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Correlation-Id"]
    problem = answer.json()
    assert problem["type"] == f"urn:guahao:problem:{kind}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    if case == "a schedule not released":
        assert problem["retryAt"]
    assert (first.order(known["order"])["timeline"], first.free(known["other"])) == before
    assert second.http.get("/api/orders").json()["items"] == []
