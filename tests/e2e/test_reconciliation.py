"""What no message brings about on the deployed stack is brought about by the timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import boto3

from guahao.adapters.clock import utc_now
from guahao.domain.time import shanghai_date
from tests.e2e.client import Visitor, cancelled_for, eventually, fault, run_timer, set_stage
from tests.e2e.conftest import Stack

OFTEN, DAILY = "ReconcileOrders", "ReconcileBill"


def visitor_of(stack: Stack, phone: int) -> tuple[Visitor, str]:
    """Return somebody who is logged in, and a schedule with one number."""
    stage = set_stage(stack, 1, phone, 1)
    [person] = stage.people
    return Visitor(stack, person["phone"], person["patientId"]).log_in(), stage.schedule_id


def pay(visitor: Visitor, schedule_id: str) -> dict[str, Any]:
    order: dict[str, Any] = visitor.book(schedule_id).json()
    assert visitor.scan(visitor.open_payment(order["orderId"]).json()["codeUrl"]).status_code == 200
    return order


def test_a_payment_whose_notification_was_lost_is_found(stack: Stack) -> None:
    visitor, schedule = visitor_of(stack, 13700000200)
    with fault(stack, "notify", "lost"):
        order_id = pay(visitor, schedule)["orderId"]
    # The order is asked about before its user, or the end of its hold, asks the provider.
    eventually(lambda: run_timer(stack, OFTEN, graceSeconds=0)["openPayments"] and visitor.order(order_id)["state"] == "paid")
    assert visitor.order(order_id)["payment"]["state"] == "paid"


def test_a_hold_whose_message_is_gone_ends_and_its_number_is_sold_again(stack: Stack) -> None:
    visitor, schedule = visitor_of(stack, 13700000201)
    order = visitor.book(schedule).json()
    order_id = order["orderId"]
    # The hospital is told behind the message that ends the hold.
    eventually(lambda: visitor.hospital_knows(order_id))
    known = stack.variables
    account = boto3.Session(known["AWS_ACCESS_KEY_ID"], known["AWS_SECRET_ACCESS_KEY"], region_name=known["AWS_REGION"])
    account.client("sqs", endpoint_url=known["AWS_ENDPOINT_URL"]).purge_queue(QueueUrl=known["HOLD_EXPIRY_QUEUE"])

    eventually(lambda: utc_now() > datetime.fromisoformat(order["holdUntil"]), 60)
    assert visitor.order(order_id)["state"] == "awaitingPayment"
    # A run may end the hold of another order, for which the purge was not meant.
    eventually(lambda: run_timer(stack, OFTEN, graceSeconds=0) and visitor.order(order_id)["state"] == "cancelled")
    assert cancelled_for(visitor.order(order_id)) == "holdExpired"
    eventually(lambda: visitor.free(schedule) == 1)
    eventually(lambda: visitor.hospital_knows(order_id) == "cancelled")
    assert visitor.book(schedule).status_code == 201


def test_the_bill_finds_what_nobody_has_heard_of_and_balances_to_the_fen(stack: Stack) -> None:
    visitor, schedule = visitor_of(stack, 13700000202)
    returned = pay(visitor, schedule)["orderId"]
    eventually(lambda: visitor.order(returned)["state"] == "paid")
    assert visitor.cancel(returned).status_code == 200
    eventually(lambda: visitor.order(returned)["payment"]["state"] == "refunded")
    visitor, schedule = visitor_of(stack, 13700000203)
    with fault(stack, "notify", "lost"):
        unheard = pay(visitor, schedule)["orderId"]

    figures = run_timer(stack, DAILY, day=shanghai_date(utc_now()).isoformat())
    assert figures["latePayments"] >= 1
    assert visitor.order(unheard)["state"] == "paid"
    assert figures["billPaidFen"] == figures["ordersPaidFen"] >= 2000
    assert figures["billRefundedFen"] == figures["ordersRefundedFen"] >= 1000
    repaired = {"latePayments", "refunds", "suspendedOrders", "unappliedLocks"}
    assert {name for name, figure in figures.items() if figure and not name.endswith("Fen")} <= repaired
