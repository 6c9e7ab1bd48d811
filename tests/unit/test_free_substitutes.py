"""Substitutes without a fee: what is unpaid is waived, but only once the doctor of before cannot come back unheard."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.substitutions import Substitute, substitute
from guahao.domain.errors import OrderStateConflict
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.payment.payment import PaymentState, TradeState
from tests.builders import NOW
from tests.killing import Killer, deaths
from tests.substituting import UNHEARD, World
from tests.unit.reconciling import World as ReconciledWorld
from tests.unit.test_differences import refunded


@pytest.mark.parametrize("waited", [0, 14])
def test_nothing_is_waived_before_it_cannot_be_taken_back_and_no_hold_ends_meanwhile(waited: int) -> None:
    world = World()
    world.book(1)
    world.wait(minutes=waited)
    world.publish("林二", fee_fen=0)
    world.wait(minutes=9, seconds=59)
    assert world.order().state is OrderState.AWAITING_PAYMENT
    assert world.hospital.orders["o1"].knows is HospitalKnows.BOOKED
    world.wait(seconds=5)
    order = world.order()
    assert (order.state, order.payment.state, order.visit.fee_fen, order.charged_fen) == (OrderState.PAID, PaymentState.NONE, 0, 0)


@pytest.mark.parametrize("later", [None, 5000])
def test_a_doctor_who_is_back_before_that_is_paid_for_as_if_nobody_had_been_free(later: int | None) -> None:
    world = World()
    world.book(1)
    world.publish("林二", fee_fen=0)
    world.wait(minutes=5)
    world.publish("林一")
    world.wait(minutes=6)
    if later:
        world.publish("林三七", fee_fen=later)
    order = world.order()
    assert (order.state, order.visit.fee_fen) == (OrderState.AWAITING_PAYMENT, 5000)
    assert world.checkout.open("u1", "o1").amount_fen == 5000
    world.provider.pay("o1")
    world.payments.notified(*world.provider.notification("o1"))
    world.wait(minutes=30)
    assert (world.order().state, world.order().visit.fee_fen, refunded(world)) == (OrderState.PAID, 5000, [])


def test_a_hold_that_was_kept_for_a_free_substitute_ends_unpaid_when_the_doctor_is_back() -> None:
    world = World()
    world.book(1)
    world.wait(minutes=14)
    world.publish("林二", fee_fen=0)
    world.publish("林一")
    world.wait(minutes=11)
    assert (world.order().state, world.order().cancelled_for) == (OrderState.CANCELLED, Cause.HOLD_EXPIRED)


@pytest.mark.parametrize("paid", [False, True])
def test_the_open_payment_of_a_doctor_who_is_free_for_good_is_closed_and_what_was_paid_before_goes_back(paid: bool) -> None:
    world = World()
    world.open_payment(1)
    world.publish("林二", fee_fen=0)
    world.wait(minutes=9)
    if paid:  # and nobody told of it
        world.provider.pay("o1")
    world.wait(minutes=5)
    order, trade = world.order(), world.provider.query("o1")
    assert order.state is OrderState.PAID
    assert (order.payment.state, trade.state) == (
        (PaymentState.PAID, TradeState.REFUNDING) if paid else (PaymentState.NONE, TradeState.CLOSED)
    )
    assert refunded(world) == ([("o1P1", 5000)] if paid else [])
    with pytest.raises(OrderStateConflict):
        world.checkout.open("u1", "o1")


def test_killed_anywhere_the_payment_of_a_doctor_who_is_free_ends_closed() -> None:
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = World()
        world.open_payment(1)
        world.deaf = True
        world.publish("林二", fee_fen=0)
        world.wait(minutes=11)
        world.settlements_of(killer.watch(world.orders), killer.watch(world.provider)).settle("o1")

    for _ in deaths(run):
        world.settlements.settle("o1")
        assert (world.order().state, world.provider.query("o1").state) == (OrderState.PAID, TradeState.CLOSED)


@pytest.mark.parametrize("opened", [False, True])
def test_reconciliation_waives_a_fee_whose_message_was_lost_and_not_before_it_is_settled(opened: bool) -> None:
    world = ReconciledWorld()
    order = world.place()
    if opened:
        world.checkout.open("u1", "o1")
        order = world.order()
    free = substitute(order, Substitute("林二", "", 0, NOW), NOW + timedelta(minutes=14), UNHEARD)
    world.orders.move(order, free)
    world.clock.advance(minutes=20)  # the hold is over
    world.run()
    assert world.order().state is OrderState.AWAITING_PAYMENT
    world.clock.advance(minutes=5)
    world.run()
    assert (world.order().state, world.order().payment.state) == (OrderState.PAID, PaymentState.NONE)
