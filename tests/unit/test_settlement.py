"""Settlements: whatever was paid for a cancelled order goes back, once and in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.errors import OrderStateConflict, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.payment import PaymentState, RefundState
from tests.builders import NOW
from tests.unit.paying import World
from tests.unit.test_order_states import HOLD


def test_a_hold_ends_even_when_the_provider_does_not_answer_and_the_money_comes_back() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.provider.down = True
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert world.order.state is OrderState.CANCELLED
    with pytest.raises(ProviderUnavailable):
        world.settlements.settle("o1")
    world.provider.down = False
    world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.REFUNDED
    assert world.provider.refunded_fen("o1") == 5000


def test_a_hold_ends_even_when_the_provider_reports_another_amount() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    plain = world.provider.query
    world.provider.query = lambda trade_no: replace(plain(trade_no), amount_fen=1)  # type: ignore[method-assign]
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert world.order.state is OrderState.CANCELLED
    with pytest.raises(PaymentMismatch):
        world.settlements.settle("o1")


def test_a_cancelled_orders_open_payment_is_closed_so_that_nobody_can_pay_it() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.cancel()
    world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.CLOSED
    with pytest.raises(ValueError, match="cannot be paid"):
        world.provider.pay("o1")


def test_money_for_a_cancelled_order_is_refunded_once_and_in_full() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.cancel()
    world.notify()
    for _ in range(3):
        world.settlements.settle("o1")
        world.notify()
    assert world.order.state is OrderState.CANCELLED
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_cancelled_paid_order_is_refunded() -> None:
    world = World()
    world.pay()
    world.cancel()
    assert world.order.payment.state is PaymentState.REFUNDING
    world.settlements.settle("o1")
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_refund_that_takes_time_is_asked_for_again_until_it_is_done() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    for _ in range(2):
        world.settlements.settle("o1")
        assert world.order.payment.state is PaymentState.REFUNDING
    world.provider.settle_refunds()
    world.settlements.settle("o1")
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_refund_on_its_way_is_asked_about_and_not_asked_for_again() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    refund, asked = world.provider.refund, []
    world.provider.refund = lambda *about: (asked.append(about), refund(*about))[1]  # type: ignore[func-returns-value,method-assign]
    for _ in range(3):
        world.settlements.settle("o1")
    assert len(asked) == 1


def test_two_who_settle_at_once_both_find_it_done() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.cancel()
    close = world.provider.close

    def settled_meanwhile(trade_no: str) -> None:
        close(trade_no)
        world.provider.close = close  # type: ignore[method-assign]
        world.settlements.settle(trade_no)

    world.provider.close = settled_meanwhile  # type: ignore[method-assign]
    assert world.settlements.settle("o1").payment.state is PaymentState.CLOSED
    assert [step.cause for step in world.order.timeline].count(Cause.PAYMENT_CLOSED) == 1


def test_a_refund_that_the_provider_closed_is_asked_for_again_under_a_new_number_and_given_back_once() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    world.settlements.settle("o1")
    for number in ("o1R", "o1R-2"):
        world.provider.stop_refund(number, RefundState.CLOSED)
        for _ in range(2):
            world.settlements.settle("o1")
    world.provider.settle_refunds()
    world.settlements.settle("o1")
    assert world.provider.refund_state("o1R-3") is RefundState.DONE
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_an_abnormal_refund_waits_for_a_person_and_is_noted_when_it_is_done() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    world.settlements.settle("o1")
    world.provider.stop_refund("o1R", RefundState.ABNORMAL)
    for _ in range(2):
        with pytest.raises(PaymentMismatch):
            world.settlements.settle("o1")
    assert world.provider.refund_state("o1R-2") is None
    world.provider.settle_refunds()
    assert world.settlements.settle("o1").payment.state is PaymentState.REFUNDED


def test_a_notification_of_the_orders_refund_ends_it_however_often_it_comes() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    world.settlements.settle("o1")
    world.provider.stop_refund("o1R", RefundState.ABNORMAL)
    world.payments.notified(*world.provider.refund_notification("o1R"))
    assert world.order.payment.state is PaymentState.REFUNDING
    world.provider.settle_refunds()
    for _ in range(2):
        world.payments.notified(*world.provider.refund_notification("o1R"))
    assert [step.cause for step in world.order.timeline].count(Cause.REFUNDED) == 1


def test_a_notification_of_another_refund_changes_no_order() -> None:
    world = World()
    world.pay()
    world.provider.refund("o1", "by hand", 1000, 5000, "")
    before = world.order
    world.payments.notified(*world.provider.refund_notification("by hand"))
    world.orders.orders.clear()
    world.payments.notified(*world.provider.refund_notification("by hand"))
    world.orders.orders["o1"] = before
    assert world.order is before


def test_a_refund_is_tried_so_often_as_the_provider_lets_a_trade_be_refunded() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refund_state = lambda _: RefundState.CLOSED  # type: ignore[method-assign]
    with pytest.raises(PaymentMismatch):
        world.settlements.settle("o1")


def test_an_order_whose_notification_was_lost_is_paid_though_a_part_was_given_back() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.provider.refund("o1", "a part", 1000, 5000, "")
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert (world.order.state, world.order.payment.state) == (OrderState.PAID, PaymentState.PAID)


def test_a_refund_that_failed_is_never_taken_for_done() -> None:
    world = World()
    world.pay()
    world.cancel()
    world.provider.refund = lambda *_: RefundState.ABNORMAL  # type: ignore[method-assign]
    with pytest.raises(PaymentMismatch):
        world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.REFUNDING


def test_a_trade_whose_opening_is_still_on_the_way_is_not_taken_for_closed() -> None:
    world = World()
    world.orders.move(world.order, world.order.open_payment(NOW))
    world.cancel()
    world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.OPEN
    # The opening arrives, somebody pays, and the notification is lost.
    world.provider.open("o1", 5000, "visit", NOW + HOLD)
    world.provider.pay("o1")
    world.settlements.settle("o1")
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_trade_that_never_was_opened_is_closed_when_it_can_be_opened_no_more() -> None:
    world = World()
    world.orders.move(world.order, world.order.open_payment(NOW))
    world.cancel()
    world.clock.advance(minutes=16)
    world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.CLOSED


def test_an_opening_that_arrives_after_its_hold_is_found_and_its_money_given_back() -> None:
    """The provider moves an end that has passed by a minute, and closes without a word what it does not know."""
    world = World()
    world.orders.move(world.order, world.order.open_payment(NOW))
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.OPEN
    world.provider.open("o1", 5000, "visit", NOW + HOLD)
    world.provider.pay("o1")
    world.settlements.settle("o1")
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_code_is_not_shown_for_an_order_that_was_cancelled_meanwhile() -> None:
    world = World()
    plain = world.provider.open

    def slow(*arguments: Any) -> str:
        world.cancel()
        return plain(*arguments)

    world.provider.open = slow  # type: ignore[method-assign]
    with pytest.raises(OrderStateConflict):
        world.checkout.open("u1", "o1")
    assert world.codes.codes == {}


def test_a_trade_that_the_provider_neither_closes_nor_says_is_paid_is_told_of() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.cancel()

    def refuse(trade_no: str) -> None:
        raise PaymentMismatch(trade_no)

    world.provider.close = refuse  # type: ignore[method-assign]
    with pytest.raises(PaymentMismatch):
        world.settlements.settle("o1")
    assert world.order.payment.state is PaymentState.OPEN


def test_settling_touches_no_order_that_owes_nothing() -> None:
    world = World()
    before = world.order
    world.settlements.settle("o1")
    assert world.order is before
