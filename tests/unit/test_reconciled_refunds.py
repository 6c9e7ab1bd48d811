"""Reconciliation of refunds: what the provider has given back is noted, what it does not give back is told of in every run."""

from __future__ import annotations

import logging
from dataclasses import replace

from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import BalanceTooLow
from guahao.domain.payment.payment import PaymentState, RefundState
from guahao.usecases.payment.settlements import Settlements
from tests.unit.reconciling import World, told


def test_a_refund_on_its_way_is_noted_when_it_has_arrived_and_is_no_repair() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    world.clock.advance(minutes=5)
    assert world.run() == {"partnerCalls": 1}
    assert world.run() == {}
    world.provider.settle_refunds()
    assert world.run() == {"refunds": 1}


def test_a_refund_that_failed_is_counted_and_named_in_every_run_until_somebody_helps(log: list[logging.LogRecord]) -> None:
    world = World()
    for order_id in ("o1", "o2"):
        world.pay(order_id)
        world.cancel(order_id)
    world.clock.advance(minutes=5)
    refund = world.provider.refund
    world.provider.refund = lambda *asked: RefundState.ABNORMAL if asked[0] == "o1" else refund(*asked)  # type: ignore[method-assign]
    world.run()
    for _ in range(2):
        log.clear()
        assert world.run() == {"failedRefunds": 1}
        assert told(log) == [("failedRefunds", "o1")]
    assert world.order("o2").payment.state is PaymentState.REFUNDED


def test_without_money_at_the_provider_refunds_that_it_has_made_are_noted_all_the_same() -> None:
    world = World()
    world.provider.refunds_take_time = True
    for n in range(6):
        world.pay(f"o{n}")
        world.cancel(f"o{n}")
    refund = world.provider.refund
    for order_id in ("o4", "o5"):
        Settlements(world.payments).settle(order_id)
    world.provider.settle_refunds()

    def poor(trade_no: str, *_: object) -> RefundState:
        raise BalanceTooLow(trade_no)

    world.provider.refund = poor  # type: ignore[method-assign]
    world.clock.advance(minutes=5)
    figures = world.run()
    assert (figures["refunds"], figures["balanceTooLow"]) == (2, 4)
    world.provider.refund = refund  # type: ignore[method-assign]
    assert world.run() == {}
    world.provider.settle_refunds()
    assert world.run() == {"refunds": 4}


def test_money_of_another_amount_is_counted_and_never_taken() -> None:
    world = World()
    world.scan()
    query = world.provider.query
    world.provider.query = lambda trade_no: replace(query(trade_no), amount_fen=1)  # type: ignore[method-assign]
    world.clock.advance(minutes=5)
    assert world.run()["mismatches"] == 1
    assert world.order().state is OrderState.AWAITING_PAYMENT
