"""A new hospital, end to end: set up, published by its own system, online, booked, and a schedule of it suspended."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx

from guahao.adapters.clock import utc_now
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date
from tests.e2e.client import Visitor, administrator, cancelled_for, eventually, set_stage
from tests.e2e.conftest import HOLD_SECONDS, Stack

FEE = 1500
ENTRY = {
    "grade": 1,
    "provinceCode": "330000",
    "cityCode": "330100",
    "districtCode": "330106",
    "address": "西湖区某路1号",
    "bookingRule": {"cycleDays": 7, "releaseTime": "00:00", "stopTime": "23:59", "quitDayOffset": 0, "quitTime": "07:00", "notes": []},
}


def set_up(stack: Stack, system: httpx.Client) -> str:
    """Have an operator make a setting and the hospital's system take its key; return the hospital's code."""
    http, code = administrator(stack, "operator").http, f"new-{uuid4().hex[:8]}"
    told = {"name": f"新医院{code}", "apiUrl": stack.addresses["hospital"], "contactName": "王主任", "contactPhone": "0571-87000000"}
    made = http.post("/api/admin/hospital-settings", json={"hospitalCode": code, **told})
    assert made.status_code == 201, made.text
    assert system.put("/settings", json={"hospitalCode": code, "key": made.json()["key"]}).status_code == 200
    return code


def publish(system: httpx.Client, code: str, title: str, *schedules: dict[str, Any]) -> None:
    """Have the hospital's system publish all of itself, with schedules of the title for the day after tomorrow."""
    date = (shanghai_date(utc_now()) + timedelta(days=2)).isoformat()
    usual = {"departmentCode": "0101", "title": title, "skill": "", "date": date, "total": 4, "feeFen": FEE, "state": "open"}
    department = {"departmentCode": "0101", "name": "心内科", "introduction": "", "groupCode": "01", "groupName": "内科"}
    for what, content in (
        ("hospital", ENTRY | {"name": f"新医院{code}"}),
        ("departments", {"items": [department]}),
        ("schedules", {"items": [usual | schedule for schedule in schedules]}),
    ):
        answer = system.put(f"/hospitals/{code}/{what}", json=content)
        assert (answer.status_code, {item["result"] for item in answer.json()["items"]}) == (200, {"created"}), answer.text


def test_a_new_hospital_is_booked_and_whoever_booked_a_suspended_schedule_is_refunded_and_told_once(stack: Stack) -> None:
    people = set_stage(stack, 1, 13500000000, 4).people
    *visitors, late = (Visitor(stack, person["phone"], person["patientId"]).log_in() for person in people)
    system = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["hospital"], timeout=60, trust_env=False))
    code = set_up(stack, system)
    lost, other, title = uuid4().hex, uuid4().hex, f"特需{uuid4().hex[:6]}"
    publish(
        system,
        code,
        title,
        {"hospitalScheduleId": lost, "doctorName": "林一", "halfDay": "morning"},
        {"hospitalScheduleId": other, "doctorName": "林九", "halfDay": "afternoon"},
    )
    schedule = schedule_id_of(code, lost)

    assert late.http.get(f"/api/hospitals/{code}").status_code == 404
    assert late.book(schedule).status_code == 404
    assert administrator(stack, "operator").http.post(f"/api/admin/hospitals/{code}/online").json()["online"] is True
    eventually(lambda: late.http.get(f"/api/hospitals/{code}").status_code == 200)

    def in_state(visitor: Visitor, order_id: str, state: str) -> bool:
        return bool(visitor.order(order_id)["state"] == state)

    orders = []
    for visitor in visitors[:2]:
        order_id = visitor.book(schedule).json()["orderId"]
        orders.append(order_id)
        assert visitor.scan(visitor.open_payment(order_id).json()["codeUrl"]).status_code == 200
    for visitor, order_id in zip(visitors[:2], orders, strict=False):
        eventually(lambda v=visitor, o=order_id: in_state(v, o, "paid"))
        eventually(lambda v=visitor, o=order_id: v.hospital_knows(o) == "paid")
    # Last, because a hold is short here.
    orders.append(visitors[2].book(schedule).json()["orderId"])
    eventually(lambda: visitors[2].hospital_knows(orders[2]) == "booked", HOLD_SECONDS)

    # Twice, as a hospital does that has lost the first answer.
    for _ in range(2):
        assert system.post(f"/hospitals/{code}/schedules/{lost}/suspension").status_code == 200

    for visitor, order_id in zip(visitors, orders, strict=True):
        eventually(lambda v=visitor, o=order_id: in_state(v, o, "cancelled"))
        assert cancelled_for(visitor.order(order_id)) == "scheduleSuspended"
        eventually(lambda v=visitor, o=order_id: v.hospital_knows(o) == "cancelled")
    for visitor, order_id in zip(visitors[:2], orders, strict=False):
        eventually(lambda v=visitor, o=order_id: v.order(o)["payment"]["state"] == "refunded")
        assert visitor.trade(order_id)["refunded"] == FEE
    for visitor in visitors:
        told = eventually(lambda v=visitor: [text for text in v.messages() if "停诊" in text])
        assert len(told) == 1
        assert re.search(f"可约.*下午{title}林九", told[0])
        assert ("退回全额" in told[0]) is (visitor is not visitors[2])
    refused = late.book(schedule)
    assert (refused.status_code, refused.json()["rule"]) == (409, "scheduleOpen")
    assert late.http.get(f"/api/schedules/{schedule}").json()["free"] == 0
    assert late.book(schedule_id_of(code, other)).status_code == 201
