"""Who misses three visits, as the hospital lists, books no more, until an administrator lifts it; who came late did not miss the visit."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from guahao.adapters.clock import utc_now
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date
from tests.e2e.client import Visitor, administrator, eventually, run_timer, set_stage
from tests.e2e.conftest import Stack
from tests.e2e.test_hospital_story import publish, set_up
from tests.servers import ROOT

MISSED_DAYS_AGO = (1, 8, 15)


def put_into_the_past(stack: Stack, orders: dict[str, int]) -> None:
    """Have the visits of the orders been so many days ago."""
    command = [sys.executable, "-m", "tests.e2e.past", *(f"{order_id}={days}" for order_id, days in orders.items())]
    done = subprocess.run(command, cwd=ROOT, env=stack.variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_missed_visits_are_listed_by_the_hospital_suspend_and_are_lifted_or_taken_back(stack: Stack) -> None:
    (person,) = set_stage(stack, 1, 13500000300, 1).people
    visitor = Visitor(stack, person["phone"], person["patientId"]).log_in()
    system = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["hospital"], timeout=60, trust_env=False))
    code, own_ids = set_up(stack, system), [uuid4().hex for _ in range(4)]
    days = [(shanghai_date(utc_now()) + timedelta(days=n)).isoformat() for n in range(1, 5)]
    free_of_charge = {"doctorName": "林一", "halfDay": "morning", "feeFen": 0}
    publish(system, code, "主任医师", *(free_of_charge | {"hospitalScheduleId": i, "date": d} for i, d in zip(own_ids, days, strict=True)))
    administrator(stack, "operator").http.post(f"/api/admin/hospitals/{code}/online").raise_for_status()
    eventually(lambda: visitor.http.get(f"/api/hospitals/{code}").status_code == 200)
    *missed, next_one = [schedule_id_of(code, own_id) for own_id in own_ids]

    orders = [visitor.book(schedule_id).json()["orderId"] for schedule_id in missed]
    for order_id in orders:
        eventually(lambda o=order_id: visitor.order(o)["checkInPlace"])
        eventually(lambda o=order_id: visitor.hospital_knows(o) == "paid")
    put_into_the_past(stack, dict(zip(orders, MISSED_DAYS_AGO, strict=True)))

    def patient() -> dict[str, Any]:
        found: dict[str, Any] = visitor.http.get(f"/api/me/patients/{visitor.patient_id}").json()
        return found

    assert patient()["bookingBannedUntil"] is None
    # Nobody was reported as having come: the hospital's silence proves nothing, however often the timer asks.
    for _ in range(2):
        assert run_timer(stack, "DailyNoShows").keys() == {"noShowCandidates"}
    assert [visitor.order(order_id)["state"] for order_id in orders] == ["paid"] * 3
    for order_id, own_id in zip(orders, own_ids[:3], strict=True):
        assert system.post(f"/hospitals/{code}/orders/{order_id}/no-show").status_code == 200
        for _ in range(2):
            listed = system.post(f"/hospitals/{code}/schedules/{own_id}/no-shows").json()
            assert listed == {"items": [{"orderId": order_id, "state": "noShow"}]}
    until = eventually(lambda: patient()["bookingBannedUntil"])
    for order_id in orders:
        timeline = eventually(lambda o=order_id: [s["cause"] for s in visitor.order(o)["timeline"] if s["state"] == "noShow"])
        assert timeline == ["noShow"]
    refused = visitor.book(next_one)
    assert (refused.status_code, refused.json()["rule"], refused.json()["retryAt"]) == (409, "noShows@2026-2", until)

    auditor = administrator(stack, "auditor").http
    (found,) = auditor.get("/api/admin/users", params={"q": visitor.phone}).json()["items"]
    user = f"/api/admin/users/{found['userId']}"
    (shown,) = auditor.get(user).json()["patients"]
    assert shown["bookingBannedUntil"] == until
    lift = f"{user}/patients/{visitor.patient_id}/lift-ban"
    assert auditor.post(lift, json={"reason": "医院系统故障"}).json()["bookingBannedUntil"] is None
    assert auditor.post(lift, json={"reason": "医院系统故障"}).status_code == 409
    assert patient()["bookingBannedUntil"] is None
    assert visitor.book(next_one).status_code == 201

    assert system.post(f"/hospitals/{code}/orders/{orders[0]}/attendance").status_code == 200
    assert visitor.order(orders[0])["state"] == "checkedIn"
