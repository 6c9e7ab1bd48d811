"""What is no unpaid end: what the user did not bring about, and what was paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.unpaid import Tally
from guahao.domain.errors import ProviderUnavailable
from guahao.usecases.booking.orders import change
from tests.unit.holding import World


@pytest.mark.parametrize("cause", [Cause.SCHEDULE_SUSPENDED, Cause.HOSPITAL_REFUSED])
def test_what_the_user_did_not_bring_about_is_no_unpaid_end(cause: Cause) -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    for n in range(4):
        order = world.book(one, f"s{n}")
        cancelled = order.cancel(cause, world.clock())
        tally = world.orders.tally("u1").follow(cancelled)
        world.orders.move(order, cancelled, world.orders.ledger(one).follow(cancelled), tally)
    assert world.orders.tally("u1").entries == ()
    assert world.book(one, "s4")


def test_a_paid_order_that_is_cancelled_is_no_unpaid_end() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    for n in range(4):
        order = world.book(one, f"s{n}")
        world.pay(order)
        world.booking.cancel("u1", order.order_id)
    assert world.book(one, "s4")


def test_who_could_not_pay_because_the_provider_was_down_brought_nothing_about() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    world.provider.down = True
    for n in range(4):
        order = world.book(one, f"s{n}")
        with pytest.raises(ProviderUnavailable):
            world.checkout.open("u1", order.order_id)
        if n % 2:
            world.booking.cancel("u1", order.order_id)
        else:
            world.let_expire(order)
    assert (world.orders.tally("u1").entries, world.orders.ledger(one).unpaid_ends) == ((), ())


def test_whose_payment_the_provider_does_not_tell_at_the_end_of_the_hold_brought_nothing_about() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    order = world.book(one)
    world.checkout.open("u1", order.order_id)
    world.provider.down = True
    world.let_expire(order)
    assert world.orders.orders[order.order_id].cancelled_for is Cause.HOLD_EXPIRED
    assert (world.orders.tally("u1").entries, world.orders.ledger(one).unpaid_ends) == ((), ())


def test_who_could_pay_in_the_end_and_did_not_is_not_excused() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    order = world.book(one)
    world.provider.down = True
    with pytest.raises(ProviderUnavailable):
        world.checkout.open("u1", order.order_id)
    world.provider.down = False
    world.checkout.open("u1", order.order_id)
    world.let_expire(order)
    assert [end.order_id for end in world.orders.ledger(one).unpaid_ends] == [order.order_id]


def test_orders_without_a_fee_are_paid_at_once_and_meet_no_limit_of_unpaid_holds() -> None:
    world = World(fee_fen=0)
    one = world.register("me", proven_by="u1")
    for n in range(5):
        world.let_go(one, f"s{n}")
    assert world.orders.tally("u1") == Tally()


def test_a_hold_that_is_kept_longer_counts_as_long_and_who_else_is_held_beside_it_counts_on() -> None:
    world = World()
    one = world.register("me", proven_by="u1")
    orders = [world.book(one, "s1"), world.book(one, "s2")]
    until = orders[0].hold_until + timedelta(minutes=10)
    kept = change(world.orders, orders[0].order_id, lambda order: replace(order, hold_until=until, version=order.version + 1))
    assert {entry.order_id: entry.until for entry in world.orders.tally("u1").entries} == {
        kept.order_id: until,
        orders[1].order_id: orders[1].hold_until,
    }
