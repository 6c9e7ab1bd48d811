"""The end of a hold: paid in time, or cancelled and the number freed."""

from __future__ import annotations

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.errors import OrderStateConflict
from tests.unit.paying import World


def test_an_unpaid_order_ends_with_its_hold() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert (world.order.state, world.order.timeline[-1].cause) == (OrderState.CANCELLED, Cause.HOLD_EXPIRED)


def test_a_message_that_comes_before_the_end_is_sent_round_again() -> None:
    world = World()
    world.clock.advance(minutes=14)
    world.holds.end("o1")
    assert world.order.state is OrderState.AWAITING_PAYMENT
    assert world.outbox.sent == [("HoldEnd", "o1", 61)]


def test_a_payment_in_time_whose_notification_is_late_is_still_paid_at_the_end_of_the_hold() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert world.order.state is OrderState.PAID


def test_no_payment_is_opened_for_a_cancelled_order() -> None:
    world = World()
    world.cancel()
    with pytest.raises(OrderStateConflict):
        world.checkout.open("u1", "o1")
