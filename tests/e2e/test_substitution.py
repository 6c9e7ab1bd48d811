"""Another doctor takes a schedule that was booked: the order names that doctor, the patient is told, gets money back and may cancel."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import httpx

from guahao.adapters.clock import utc_now
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date
from tests.e2e.client import Visitor, administrator, eventually, set_stage
from tests.e2e.conftest import Stack
from tests.e2e.test_hospital_story import ENTRY, FEE, publish, set_up

LESS = 1000
# Whoever books two days ahead can give nothing back.
RULE = {"cycleDays": 7, "releaseTime": "00:00", "stopTime": "23:59", "quitDayOffset": -7, "quitTime": "00:00", "notes": []}


def test_whoever_booked_another_doctor_is_told_gets_the_difference_back_and_may_cancel_after_the_deadline(stack: Stack) -> None:
    [person] = set_stage(stack, 1, 13511110000, 1).people
    visitor = Visitor(stack, person["phone"], person["patientId"]).log_in()
    system = stack.closing.enter_context(httpx.Client(base_url=stack.addresses["hospital"], timeout=60, trust_env=False))
    code, own_id, date = set_up(stack, system), uuid4().hex, (shanghai_date(utc_now()) + timedelta(days=2)).isoformat()
    publish(system, code, "主任医师", {"hospitalScheduleId": own_id, "doctorName": "林一", "halfDay": "morning"})
    told = system.put(f"/hospitals/{code}/hospital", json=ENTRY | {"name": f"新医院{code}", "bookingRule": RULE})
    assert told.json()["items"][0]["result"] == "updated", told.text
    assert administrator(stack, "operator").http.post(f"/api/admin/hospitals/{code}/online").json()["online"] is True
    order_id = eventually(lambda: visitor.book(schedule_id_of(code, own_id)).json().get("orderId"))
    assert visitor.scan(visitor.open_payment(order_id).json()["codeUrl"]).status_code == 200
    eventually(lambda: visitor.order(order_id)["state"] == "paid")
    assert visitor.cancel(order_id).json()["rule"] == "quitDeadline"

    entry = {"hospitalScheduleId": own_id, "departmentCode": "0101", "skill": "", "date": date, "halfDay": "morning", "total": 4}
    dearer = entry | {"title": "主任医师", "doctorName": "林一", "feeFen": LESS, "state": "open"}
    assert system.put(f"/hospitals/{code}/schedules", json={"items": [dearer]}).json()["items"][0]["result"] == "rejected"
    substituted = dearer | {"title": "副主任医师", "doctorName": "林二"}
    assert system.put(f"/hospitals/{code}/schedules", json={"items": [substituted]}).json()["items"][0]["result"] == "updated"

    eventually(lambda: visitor.order(order_id)["doctorName"] == "林二")
    order = visitor.order(order_id)
    assert (order["title"], order["feeFen"]) == ("副主任医师", LESS)
    assert [one["formerDoctorName"] for one in order["substitutions"]] == ["林一"]
    assert administrator(stack, "operator").http.get(f"/api/admin/orders/{order_id}").json()["doctorName"] == "林二"
    assert "副主任医师林二" in visitor.http.get(f"/api/orders/{order_id}/calendar.ics").text.replace("\r\n ", "")

    eventually(lambda: visitor.order(order_id)["payment"] == {"state": "paid", "returnedFen": FEE - LESS}, 60)
    assert visitor.trade(order_id)["refunded"] == FEE - LESS
    [text] = eventually(lambda: [text for text in visitor.messages() if "改由" in text])
    assert "改由副主任医师林二出诊。差价退回。" in text
    assert visitor.order(order_id)["quitUntil"] == f"{date}T08:00:00+08:00"

    assert visitor.cancel(order_id).status_code == 200
    # WeChat Pay wants a minute between the two.
    eventually(lambda: visitor.order(order_id)["payment"]["state"] == "refunded", 180)
    assert visitor.trade(order_id)["refunded"] == FEE
    assert len([text for text in visitor.messages() if "改由" in text]) == 1
