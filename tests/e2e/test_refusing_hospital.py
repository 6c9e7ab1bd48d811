"""A hospital says no after the patient has booked, or fails to say yes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.e2e.client import Visitor, cancelled_for, eventually, set_stage
from tests.e2e.conftest import Stack

# Apart from the hospital of the other tests, whose late calls would be refused too.
HOSPITAL = "10002"


def free_schedule(visitor: Visitor) -> str:
    """Return a schedule of the hospital that can be booked tomorrow or later."""
    groups = visitor.http.get(f"/api/hospitals/{HOSPITAL}/departments").json()["items"]
    for department in (d["departmentCode"] for group in groups for d in group["departments"]):
        address = f"/api/hospitals/{HOSPITAL}/departments/{department}/days"
        for day in visitor.http.get(address).json()["items"][1:]:
            if day["state"] == "open" and day["free"]:
                schedules = visitor.http.get(f"{address}/{day['date']}/schedules").json()["items"]
                return str(next(s["scheduleId"] for s in schedules if s["free"]))
    raise AssertionError("the demo data have no free schedule in this hospital")


@contextmanager
def mood(stack: Stack, mode: str) -> Iterator[None]:
    """Have the hospital's system fail in this way for a while."""
    address = f"{stack.addresses['hospital']}/faults"
    try:
        httpx.put(address, json={"hospitalCode": HOSPITAL, "mode": mode}, trust_env=False).raise_for_status()
        yield
    finally:
        httpx.put(address, json={"hospitalCode": HOSPITAL, "mode": "normal"}, trust_env=False).raise_for_status()


def test_a_refused_order_is_cancelled_and_its_number_sold_to_nobody_else(stack: Stack) -> None:
    person = set_stage(stack, 1, 13600000000, 1).people[0]
    visitor = Visitor(stack, person["phone"], person["patientId"]).log_in()
    schedule = free_schedule(visitor)
    free = visitor.free(schedule)

    with mood(stack, "refuse"):
        refused = visitor.book(schedule).json()
        order_id = refused["orderId"]
        eventually(lambda: visitor.order(order_id)["state"] == "cancelled")
    assert cancelled_for(visitor.order(order_id)) == "hospitalRefused"
    assert visitor.free(schedule) == free - 1
    assert visitor.hospital_knows(order_id) == ""
    again = visitor.book(schedule)
    assert again.status_code == 201
    assert again.json()["number"] > refused["number"]


def test_a_hospital_whose_answer_failed_is_asked_again_and_keeps_one_record(stack: Stack) -> None:
    person = set_stage(stack, 1, 13600000001, 1).people[0]
    visitor = Visitor(stack, person["phone"], person["patientId"]).log_in()
    with mood(stack, "acceptThenError"):
        order_id = visitor.book(free_schedule(visitor)).json()["orderId"]
        eventually(lambda: visitor.hospital_knows(order_id))
    eventually(lambda: visitor.order(order_id)["hospitalRecordId"], 60)
    orders = visitor.outside.get(f"{stack.addresses['hospital']}/orders").json()
    assert [order["orderId"] for order in orders].count(order_id) == 1
