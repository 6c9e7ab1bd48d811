"""An operator finds a patient's order, end to end, over every index."""

from __future__ import annotations

from typing import Any

from tests.e2e.client import Visitor, administrator, eventually, set_stage
from tests.e2e.conftest import Stack


def test_an_operator_finds_an_order_by_number_phone_name_hospital_state_and_day(stack: Stack) -> None:
    stage = set_stage(stack, 1, 13978200000, 1)
    visitor = Visitor(stack, stage.people[0]["phone"], stage.people[0]["patientId"]).log_in()
    order_id = visitor.book(stage.schedule_id).json()["orderId"]
    assert visitor.cancel(order_id).status_code == 200
    # What comes later would change the order between two looks.
    eventually(lambda: visitor.hospital_knows(order_id) == "cancelled")
    order = visitor.order(order_id)
    operator = administrator(stack, "operator").http

    def found(**query: str) -> list[dict[str, Any]]:
        answer = operator.get("/api/admin/orders", params={**query, "limit": "100"})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    shown = operator.get(f"/api/admin/orders/{order_id}").json()
    assert order.items() <= shown.items()
    assert shown["patientPhone"] == "139****0000"
    assert found(q=order_id) == found(q=visitor.phone) == [shown]
    day = {"from": order["date"], "to": order["date"]}
    assert shown in found(q=order["patientName"], **day)
    assert shown in found(hospitalCode=order["hospitalCode"], status="cancelled", **day)
    assert shown in found(status="cancelled", **day)
    assert shown not in found(status="paid", **day)
    assert shown in found(**day)
