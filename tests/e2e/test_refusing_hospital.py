"""A hospital says no after the patient has booked."""

from __future__ import annotations

from tests.e2e.client import Visitor, eventually, set_stage
from tests.e2e.conftest import Stack

# Apart from the hospital of the other tests, whose late calls would be refused too.
HOSPITAL = "10002"


def free_session(visitor: Visitor) -> str:
    """Return a session of the hospital that can be booked tomorrow or later."""
    groups = visitor.http.get(f"/api/hospitals/{HOSPITAL}/departments").json()["items"]
    for department in (d["departmentCode"] for group in groups for d in group["departments"]):
        address = f"/api/hospitals/{HOSPITAL}/departments/{department}/days"
        for day in visitor.http.get(address).json()["items"][1:]:
            if day["state"] == "open" and day["free"]:
                sessions = visitor.http.get(f"{address}/{day['date']}/schedules").json()["items"]
                return str(next(s["scheduleId"] for s in sessions if s["free"]))
    raise AssertionError("the demo data have no free session in this hospital")


def test_a_refused_order_is_cancelled_and_its_number_sold_to_nobody_else(stack: Stack) -> None:
    person = set_stage(stack, 1, 13600000000, 1).people[0]
    visitor = Visitor(stack, person["phone"], person["patientId"]).log_in()
    session = free_session(visitor)
    free = visitor.free(session)

    def mood(mode: str) -> None:
        answer = visitor.outside.put(f"{stack.addresses['hospital']}/faults", json={"hospitalCode": HOSPITAL, "mode": mode})
        assert answer.status_code == 200

    mood("refuse")
    try:
        refused = visitor.book(session).json()
        order_id = refused["orderId"]
        eventually(lambda: visitor.order(order_id)["state"] == "cancelled")
    finally:
        mood("normal")
    assert visitor.order(order_id)["timeline"][-1]["cause"] == "hospitalRefused"
    assert visitor.free(session) == free - 1
    assert visitor.hospital_knows(order_id) == ""
    again = visitor.book(session)
    assert again.status_code == 201
    assert again.json()["number"] > refused["number"]
