"""The functions for hospitals' systems answer signed events, on real servers: to each hospital about its own things, and to nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from guahao.adapters.aws.clients import client
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.bootstrap.hospitals.partners import attendance, partner_schedules
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import place
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.time import shanghai_date
from guahao.runtime.correlation import trace
from guahao.runtime.pages import marked
from tests.builders import NOW, patient, schedule
from tests.functions import forget_use_cases, sample_event, signed
from tests.partners import Partner, new_partner
from tests.servers import free_port, new_secret

OWN_ID = "20260305-0101-1"


def entry(own_id: str = OWN_ID, **changes: Any) -> dict[str, Any]:
    day = (shanghai_date(utc_now()) + timedelta(days=2)).isoformat()
    told = json.loads(sample_event("partner_schedules", "publish")["body"])["items"][0]
    return {**told, "hospitalScheduleId": own_id, "date": day, **changes}


def states(code: str, own_id: str = OWN_ID) -> list[str]:
    return [number.state.value for number in partner_schedules().numbers.of(schedule_id_of(code, own_id))]


def test_a_hospital_publishes_itself_and_reads_what_it_published(partner: Partner) -> None:
    assert partner.call("partner_hospital", "read")[0] == 404
    told = json.loads(sample_event("partner_hospital", "publish")["body"])
    for result in ("created", "unchanged"):
        assert partner.call("partner_hospital", "publish") == (200, {"key": partner.code, "result": result, "errors": []})
    assert partner.call("partner_hospital", "read") == (200, {**told, "hospitalCode": partner.code, "online": False})
    status, problem = partner.call("partner_hospital", "publish_another")
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["hospitalCode"])


def test_departments_and_schedules_are_told_one_by_one_and_a_broken_one_keeps_out_no_other(partner: Partner) -> None:
    partner.publishes_all()
    status, answer = partner.call("partner_departments", "publish_one_broken")
    assert (status, [item["result"] for item in answer["items"]]) == (200, ["unchanged", "rejected", "rejected"])
    assert [fault["field"] for fault in answer["items"][2]["errors"]] == ["name", "groupCode", "groupName"]
    called_otherwise = entry("d", doctor_name="李四")
    told = partner.publishes_schedules(entry("a"), entry("b", total=0), entry("c", departmentCode="0999"), called_otherwise, entry("a"))
    assert [(item["key"], item["result"]) for item in told] == [("a", "created"), *((key, "rejected") for key in "bcda")]
    faulty = [{fault["field"] for fault in item["errors"]} for item in told[1:]]
    assert faulty == [{"total"}, {"departmentCode"}, {"doctor_name"}, {"hospitalScheduleId"}]
    told = partner.publishes_schedules(entry("a", title="副主任医师", total=3))
    assert [item["result"] for item in told] == ["updated"]
    [listed] = partner.schedules()
    assert listed == {**entry("a", title="副主任医师", total=3), "endsAt": None, "scheduleId": schedule_id_of(partner.code, "a")}
    assert states(partner.code, "a") == ["free"] * 3 + ["closed"] * 7


def test_what_a_hospital_has_is_listed_page_by_page(partner: Partner) -> None:
    partner.publishes_all()
    status, page = partner.call("partner_departments", "list_page")
    assert (status, [item["departmentCode"] for item in page["items"]], page["nextCursor"]) == (200, ["0102"], None)
    partner.publishes_schedules(*(entry(own_id) for own_id in "cab"))
    query = {"limit": "2", "date": entry()["date"]}
    listed = {"queryStringParameters": query, "multiValueQueryStringParameters": {name: [value] for name, value in query.items()}}
    status, page = partner.call("partner_schedules", "list", **listed)
    assert (status, [item["hospitalScheduleId"] for item in page["items"]], page["nextCursor"]) == (
        200,
        ["a", "b"],
        marked("/api/gateway/schedules", "b"),
    )


def test_code_1000_never_sees_or_touches_what_is_of_10001(partner: Partner, aws: dict[str, str]) -> None:
    one, other = partner, new_partner(aws, f"{partner.code}1")
    for hospital in (one, other):
        hospital.publishes_all()
        hospital.publishes_schedules(entry(total=2))
    before = other.schedules(), other.call("partner_hospital", "read"), other.call("partner_departments", "list"), states(other.code)
    assert one.schedules() != before[0]
    one.publishes_schedules(entry(total=5))
    assert one.call("partner_schedules", "suspend")[0] == 202
    assert one.call("partner_schedules", "remove")[0] == 204
    assert one.call("partner_departments", "remove")[0] == 204
    after = other.schedules(), other.call("partner_hospital", "read"), other.call("partner_departments", "list"), states(other.code)
    assert after == before
    assert one.schedules() == []


def test_a_suspension_is_accepted_told_to_its_queue_and_for_good(partner: Partner, suspensions_queue: str) -> None:
    partner.publishes_all()
    partner.publishes_schedules(entry())
    for _ in range(2):
        assert partner.call("partner_schedules", "suspend") == (202, None)
    found = client("sqs").receive_message(QueueUrl=suspensions_queue, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"])["scheduleId"] for message in found] == [schedule_id_of(partner.code, OWN_ID)] * 2
    assert [item["state"] for item in partner.schedules()] == ["suspended"]
    assert [item["result"] for item in partner.publishes_schedules(entry())] == ["rejected"]


def test_a_schedule_and_a_department_are_removed_once_and_not_while_they_are_needed(partner: Partner, aws: dict[str, str]) -> None:
    partner.publishes_all()
    partner.publishes_schedules(entry(departmentCode="0102"))
    order_id = _booked(aws, partner.code)
    assert partner.call("partner_departments", "remove")[0] == 409
    assert partner.call("partner_schedules", "remove")[0] == 409
    assert states(partner.code).count("free") == 9
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    booked = orders.get(order_id)
    assert booked is not None
    orders.move(booked, booked.cancel_by_user(NOW))
    assert partner.call("partner_schedules", "remove") == (204, None)
    assert partner.call("partner_schedules", "remove")[0] == 404
    assert partner.call("partner_departments", "remove") == (204, None)
    assert partner.call("partner_departments", "remove")[0] == 404


def test_who_came_is_told_for_own_orders_only(partner: Partner, aws: dict[str, str]) -> None:
    partner.publishes_all()
    partner.publishes_schedules(entry())
    order_id, unpaid = _booked(aws, partner.code, fee_fen=0), _booked(aws, partner.code)
    address = {"path": f"/api/gateway/orders/{order_id}/attendance", "pathParameters": {"orderId": order_id}}
    stranger = new_partner(aws, f"{partner.code}1")
    assert stranger.call("partner_hospital", "attend", **address)[0] == 404
    for _ in range(2):
        assert partner.call("partner_hospital", "attend", **address) == (200, {"orderId": order_id, "state": "checkedIn"})
    found = attendance().orders.get(order_id)
    assert found is not None
    assert [step.state for step in found.timeline] == [OrderState.PAID, OrderState.CHECKED_IN]
    address = {"path": f"/api/gateway/orders/{unpaid}/attendance", "pathParameters": {"orderId": unpaid}}
    assert partner.call("partner_hospital", "attend", **address)[0] == 409


@pytest.mark.slow
def test_a_batch_of_500_new_schedules_is_done_at_once_and_costs_no_number_when_it_comes_again(
    partner: Partner, count_requests: Any
) -> None:
    partner.publishes_all()
    batch = [entry(f"s{n:03}", total=2) for n in range(500)]
    assert {item["result"] for item in partner.publishes_schedules(*batch)} == {"created"}
    sent = count_requests()
    again = partner.publishes_schedules(*batch)
    assert {item["result"] for item in again} == {"unchanged"}
    assert [item["key"] for item in again] == [item["hospitalScheduleId"] for item in batch]
    assert sent == ["GetItem"]
    assert states(partner.code, "s499") == ["free", "free"]


def test_a_request_that_is_not_what_was_signed_is_refused_and_leaves_nothing(partner: Partner, aws: dict[str, str]) -> None:
    partner.publishes_all()
    now = utc_now()
    body = json.dumps({"items": [entry()]})
    genuine = partner.signs("partner_schedules", "publish", body=body)
    remove, suspend = sample_event("partner_schedules", "remove"), sample_event("partner_schedules", "suspend")
    another = new_partner(aws, f"{partner.code}1")
    forged = [
        {**genuine, "body": body.replace("5000", "1")},
        {**genuine, "body": body + " "},
        {**genuine, "queryStringParameters": {"a": "b"}, "multiValueQueryStringParameters": {"a": ["b"]}},
        {**genuine, "path": "/api/gateway/departments"},
        {**remove, "headers": genuine["headers"], "body": body},
        {**suspend, "headers": genuine["headers"]},
        {**genuine, "headers": {**genuine["headers"], "X-Hospital-Code": another.code}},
        {**genuine, "headers": {**genuine["headers"], "X-Nonce": uuid4().hex}},
        signed(genuine, now, code=partner.code, key=another.key),
        signed(genuine, now, code="nobody", key=another.key),
        partner.signs("partner_schedules", "publish", body=body, at=now - timedelta(seconds=302)),
        partner.signs("partner_schedules", "publish", body=body, at=now + timedelta(seconds=302)),
        sample_event("partner_schedules", "publish_without_signature"),
    ]
    for event in forged:
        status, problem = partner.send("partner_schedules", event)
        assert (status, problem["status"]) == (401, 401)
    assert partner.schedules() == another.schedules() == []
    assert states(partner.code) == []
    assert partner.send("partner_schedules", genuine)[0] == 200
    assert len(partner.schedules()) == 1


def test_a_request_that_was_overheard_is_not_done_again(partner: Partner) -> None:
    partner.publishes_all()
    first = partner.signs("partner_schedules", "publish", body=json.dumps({"items": [entry(total=2)]}))
    assert partner.send("partner_schedules", first)[0] == 200
    partner.publishes_schedules(entry(total=3))
    assert partner.send("partner_schedules", first)[0] == 401
    assert [item["total"] for item in partner.schedules()] == [3]


def test_a_locked_hospital_changes_and_reads_nothing(partner: Partner) -> None:
    partner.publishes_all()
    partner.is_locked()
    for function, case in (("partner_schedules", "publish"), ("partner_departments", "list"), ("partner_hospital", "read")):
        status, problem = partner.call(function, case)
        assert (status, problem["rule"]) == (403, "hospitalUnlocked")


def test_without_redis_the_gateway_says_that_it_is_down(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_SECRET", new_secret(f"redis://127.0.0.1:{free_port()}/0"))
    forget_use_cases()
    assert partner.call("partner_departments", "publish")[0] == 503


def test_a_broken_body_is_told_to_whom_it_is_only(partner: Partner) -> None:
    assert partner.call("partner_departments", "bad_not_json")[0] == 400
    assert partner.send("partner_departments", sample_event("partner_departments", "bad_not_json"))[0] == 401


def _booked(aws: dict[str, str], code: str, **changes: Any) -> str:
    """Book the lowest free number of the hospital's schedule and return the order's id."""
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    schedule_id = schedule_id_of(code, OWN_ID)
    free = next(number.number for number in DynamoNumbers(aws["NUMBERS_TABLE"]).of(schedule_id) if number.state == "free")
    offered = schedule(schedule_id, hospital_code=code, **changes)
    order = place(offered, free, order_id=uuid4().hex, patient=patient(uuid4().hex), now=NOW, hold=timedelta(minutes=15))
    orders.place(order, orders.ledger(order.holder.person))
    return order.order_id
