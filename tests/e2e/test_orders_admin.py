"""What an operator does about orders, end to end."""

from __future__ import annotations

from typing import Any

from tests.e2e.client import Visitor, administrator, eventually, fault, run_timer, set_stage
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


def test_money_that_the_provider_does_not_return_is_given_back_by_hand_and_once(stack: Stack) -> None:
    stage = set_stage(stack, 1, 13978200001, 1)
    visitor = Visitor(stack, stage.people[0]["phone"], stage.people[0]["patientId"]).log_in()
    order_id = visitor.book(stage.schedule_id).json()["orderId"]
    assert visitor.scan(visitor.open_payment(order_id).json()["codeUrl"]).status_code == 200
    eventually(lambda: visitor.order(order_id)["state"] == "paid")
    operator = administrator(stack, "operator").http
    note = {"url": f"/api/admin/orders/{order_id}/refund-by-hand", "json": {"reason": "商户余额不足，已现金退款"}}
    refused = operator.post(**note)
    assert (refused.status_code, refused.json()["rule"]) == (409, "refundingPayment")

    with fault(stack, "refund", "notEnough"):
        assert visitor.cancel(order_id).status_code == 200
        figures = run_timer(stack, "ReconcileOrders", graceSeconds=0)
        assert figures["balanceTooLow"] >= 1
        assert visitor.order(order_id)["payment"]["state"] == "refunding"
        noted = operator.post(**note)
    assert (noted.status_code, noted.json()["payment"]["state"]) == (200, "refunded")
    run_timer(stack, "ReconcileOrders", graceSeconds=0)
    assert visitor.order(order_id)["timeline"][-1]["cause"] == "refundedByHand"
    assert visitor.trade(order_id)["state"] == "SUCCESS"
