"""Payments: opened once, believed when proven, ended with their hold."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.errors import NotFound, NotificationRefused, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.payment import PaymentState
from tests.builders import NOW
from tests.unit.paying import World
from tests.unit.test_order_states import HOLD


def test_a_payment_is_opened_with_the_orders_own_amount_until_its_hold_ends() -> None:
    world = World()
    opened = world.checkout.open("u1", "o1")
    assert (opened.state, opened.amount_fen, opened.expires_at) == (PaymentState.OPEN, 5000, NOW + HOLD)
    assert opened.qr_code == f"drawn:{opened.code_url}"


def test_an_order_has_one_open_payment() -> None:
    world = World()
    first = world.checkout.open("u1", "o1")
    assert world.checkout.open("u1", "o1").code_url == first.code_url
    world.codes.codes.clear()
    assert world.checkout.open("u1", "o1").code_url not in (None, first.code_url)


def test_of_two_who_open_at_once_one_asks_for_the_code_and_both_see_it() -> None:
    """A second code would make the first worthless, and the one kept might be the first."""
    world = World()
    plain, second = world.provider.open, []

    def slow(*arguments: Any) -> str:
        second.append(world.checkout.open("u1", "o1"))
        return plain(*arguments)

    world.provider.open = slow  # type: ignore[method-assign]
    first = world.checkout.open("u1", "o1")
    assert [(shown.state, shown.code_url) for shown in second] == [(PaymentState.OPEN, None)]
    assert world.checkout.state("u1", "o1").code_url == first.code_url


def test_the_opening_is_noted_before_the_provider_hears_of_it() -> None:
    world = World()
    world.provider.down = True
    with pytest.raises(ProviderUnavailable):
        world.checkout.open("u1", "o1")
    assert world.order.payment.state is PaymentState.OPEN
    world.provider.down = False
    assert world.checkout.open("u1", "o1").code_url


def test_somebody_elses_order_cannot_be_paid_or_looked_at() -> None:
    world = World()
    for call in (world.checkout.open, world.checkout.state):
        with pytest.raises(NotFound):
            call("u2", "o1")


def test_a_notification_pays_the_order_once_however_often_it_comes() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    for _ in range(3):
        world.notify()
    assert [step.cause for step in world.order.timeline] == [Cause.BOOKED, Cause.PAYMENT_OPENED, Cause.PAID]


def test_money_that_came_a_second_time_under_another_transaction_is_told_of(log: list[logging.LogRecord]) -> None:
    world = World()
    world.pay()
    world.notify()
    assert log == []
    second = replace(world.provider.query("o1"), transaction_id="another")
    world.provider.read_notification = lambda *_: second  # type: ignore[method-assign]
    before = world.order
    world.payments.notified({}, "")
    assert world.order is before
    assert [(line.levelname, vars(line)["fields"]) for line in log] == [
        ("WARNING", {"orderId": "o1", "taken": "4200o1", "notTaken": "another"})
    ]


def test_a_notification_that_nobody_signed_pays_nothing() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    with pytest.raises(NotificationRefused):
        world.payments.notified({}, "{}")
    assert world.order.state is OrderState.AWAITING_PAYMENT


def test_asking_for_the_state_finds_a_payment_whose_notification_was_lost() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    assert world.checkout.state("u1", "o1").state is PaymentState.OPEN
    world.provider.pay("o1")
    assert world.checkout.state("u1", "o1").state is PaymentState.PAID


def test_a_silent_provider_hides_nothing_of_what_is_known() -> None:
    world = World()
    opened = world.checkout.open("u1", "o1")
    world.provider.down = True
    assert world.checkout.state("u1", "o1") == opened


def test_a_code_is_not_shown_once_its_order_is_cancelled() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.cancel()
    shown = world.checkout.state("u1", "o1")
    assert (shown.state, shown.code_url, shown.qr_code) == (PaymentState.OPEN, None, None)


def test_an_amount_that_is_not_the_fee_is_never_taken() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    trade = replace(world.provider.pay("o1"), amount_fen=1)
    with pytest.raises(PaymentMismatch):
        world.payments.apply(trade)
    assert world.order.state is OrderState.AWAITING_PAYMENT
