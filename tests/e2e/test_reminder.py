"""The evening's reminder: one SMS for each paid order of the next morning, however often the timer runs."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import httpx

from guahao.adapters.clock import utc_now
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date
from tests.e2e.client import Visitor, administrator, eventually, run_timer, set_stage
from tests.e2e.conftest import Stack
from tests.e2e.test_hospital_story import publish, set_up


def reminders(visitor: Visitor) -> list[str]:
    """Return the reminders on the phone, in either language."""
    return [text for text in visitor.messages() if "就诊提醒" in text or "】Visit: " in text]


def test_who_comes_the_next_morning_is_reminded_once_and_nobody_else(stack: Stack) -> None:
    people = set_stage(stack, 1, 13500000100, 5).people
    visitors = [Visitor(stack, person["phone"], person["patientId"]).log_in() for person in people]
    payer, english, canceller, debtor, another = visitors
    system = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["hospital"], timeout=60, trust_env=False))
    code, soon, later = set_up(stack, system), uuid4().hex, uuid4().hex
    named = {"doctorName": "林一", "feeFen": 0}
    tomorrow = (shanghai_date(utc_now()) + timedelta(days=1)).isoformat()
    of_morning = named | {"hospitalScheduleId": soon, "halfDay": "morning", "date": tomorrow}
    with_fee = of_morning | {"hospitalScheduleId": uuid4().hex, "feeFen": 500}
    publish(system, code, "主任医师", of_morning, with_fee, named | {"hospitalScheduleId": later, "halfDay": "morning"})
    administrator(stack, "operator").http.post(f"/api/admin/hospitals/{code}/online").raise_for_status()
    eventually(lambda: payer.http.get(f"/api/hospitals/{code}").status_code == 200)
    free, paid = schedule_id_of(code, soon), schedule_id_of(code, with_fee["hospitalScheduleId"])

    assert english.http.put("/api/me", json={"language": "en"}).json()["language"] == "en"
    due = {payer: payer.book(paid).json()["orderId"], english: english.book(free).json()["orderId"]}
    assert payer.scan(payer.open_payment(due[payer]).json()["codeUrl"]).status_code == 200
    for visitor, order_id in due.items():
        eventually(lambda v=visitor, o=order_id: v.order(o)["state"] == "paid" and v.order(o)["checkInPlace"])
    assert another.book(schedule_id_of(code, later)).status_code == 201
    # Last, because a hold is short here.
    unpaid = canceller.book(paid).json()["orderId"]
    assert canceller.cancel(unpaid).json()["state"] == "cancelled"
    assert debtor.book(paid).json()["state"] == "awaitingPayment"

    for _ in range(2):
        assert run_timer(stack, "VisitReminder", daysAhead=1)["reminders"] >= len(due)
    told = {visitor: eventually(lambda v=visitor: reminders(v)) for visitor in due}
    assert "主任医师林一，1号。" in told[payer][0]
    assert "心内科 林一 no.1, by " in told[english][0]

    # What was asked for last is through when one more run's reminder is.
    witness = another.book(free).json()["orderId"]
    eventually(lambda: another.order(witness)["checkInPlace"])
    run_timer(stack, "VisitReminder", daysAhead=1)
    eventually(lambda: reminders(another))
    assert {visitor.phone: len(reminders(visitor)) for visitor in visitors} == {
        payer.phone: 1,
        english.phone: 1,
        canceller.phone: 0,
        debtor.phone: 0,
        another.phone: 1,
    }
