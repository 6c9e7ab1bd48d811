"""Differences that got stuck: given by hand, found by the bill, never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import due_refunds, refunds_of
from guahao.domain.errors import OrderStateConflict, PaymentMismatch
from guahao.domain.payment.payment import PaymentState, RefundState
from guahao.domain.time import shanghai_date
from guahao.usecases.payment.refunds_by_hand import RefundsByHand
from guahao.usecases.reconciliation.reconcile_bill import Bills
from tests.builders import NOW
from tests.fakes.orders import FakeOrderIndex
from tests.substituting import World
from tests.suspending import World as SuspendingWorld
from tests.unit.test_differences import CHEAP, cancel, paid_world


class FakeAuditedOrders:
    def __init__(self, world: SuspendingWorld) -> None:
        self.world = world

    def move(self, before: Order, after: Order, entry: AuditEntry, now: object) -> None:
        self.world.orders.move(before, after)


def stuck_world() -> World:
    """Make a world in which the difference waits for a person at the provider."""
    world = World()
    world.provider.refunds_take_time = True
    world.pay(1)
    world.publish("林二", **CHEAP)
    world.wait(minutes=11)
    world.provider.stop_refund("o1P1", RefundState.ABNORMAL)
    with pytest.raises(PaymentMismatch):
        world.settlements.settle("o1")
    return world


def test_a_difference_that_is_stuck_is_given_by_hand_and_the_rest_by_the_provider() -> None:
    world = stuck_world()
    RefundsByHand(world.payments, FakeAuditedOrders(world)).note("a1", "o1", "card is dead")
    assert (world.order().state, world.order().payment.returned_fen, world.order().outstanding) == (OrderState.PAID, 2000, False)
    cancel(world)
    world.wait(minutes=3)
    assert [(r.number, r.fen, r.by_hand) for r in refunds_of(world.order())] == [("o1P1", 2000, True), ("o1R", 3000, False)]


def test_a_cancelled_order_whose_difference_is_stuck_is_given_by_hand_as_a_whole() -> None:
    world = stuck_world()
    world.deaf = True
    cancel(world)
    RefundsByHand(world.payments, FakeAuditedOrders(world)).note("a1", "o1", "card is dead")
    assert (world.order().payment.state, due_refunds(world.order())) == (PaymentState.REFUNDED, [])
    assert [(refund.fen, refund.by_hand) for refund in refunds_of(world.order())] == [(2000, True), (3000, True)]


@pytest.mark.parametrize("minutes", [1, 11])
def test_a_difference_that_may_be_taken_back_or_is_on_its_way_is_not_given_by_hand(minutes: int) -> None:
    world = World()
    world.provider.refunds_take_time = True
    world.pay(1)
    world.publish("林二", **CHEAP)
    world.wait(minutes=minutes)
    with pytest.raises(OrderStateConflict):
        RefundsByHand(world.payments, FakeAuditedOrders(world)).note("a1", "o1", "why")


def balance(world: World, days: int = 0) -> dict[str, Any]:
    bills = Bills(FakeOrderIndex(world.orders), world.payments, world.settlements)
    figures = bills.balance(shanghai_date(NOW) + timedelta(days=days))
    return {name: figure for name, figure in figures.items() if figure}


def test_the_bill_knows_difference_and_rest_by_their_numbers() -> None:
    world = paid_world()
    world.wait(minutes=30)
    difference = {"billPaidFen": 5000, "ordersPaidFen": 5000, "billRefundedFen": 2000, "ordersRefundedFen": 2000}
    assert balance(world) == difference
    world.wait(days=1)
    cancel(world)
    world.wait(minutes=1)
    assert balance(world) == difference
    assert balance(world, 1) == {"billRefundedFen": 3000, "ordersRefundedFen": 3000}


def test_a_difference_whose_end_was_missed_is_repaired_by_the_bill() -> None:
    world = World()
    world.provider.refunds_take_time = True
    world.pay(1)
    world.publish("林二", **CHEAP)
    world.wait(minutes=11)
    world.provider.settle_refunds()
    assert balance(world)["refunds"] == 1
    assert world.order().payment.returned_fen == 2000


@pytest.mark.parametrize(("number", "amount_fen"), [("o1P2", 500), ("x", 1000)])
def test_a_refund_that_no_order_decided_is_told_of(number: str, amount_fen: int) -> None:
    world = paid_world()
    world.wait(minutes=30)
    world.provider.refund("o1", number, amount_fen, 5000, "who knows")
    assert balance(world)["unexpectedRefunds"] == 1


def test_what_was_given_by_hand_and_by_the_provider_too_is_told_of() -> None:
    world = stuck_world()
    RefundsByHand(world.payments, FakeAuditedOrders(world)).note("a1", "o1", "card is dead")
    assert balance(world)["unexpectedRefunds"] == 1
