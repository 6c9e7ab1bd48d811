"""Payments: every fen ends as one paid order or one full refund."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.contracts.orders import NoticeKind
from guahao.domain.booking import Cause, Order, OrderState, Payment, place
from guahao.domain.errors import NotFound, NotificationRefused, OrderStateConflict, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment import PaymentState
from guahao.usecases.order_changes import OrderChanges
from guahao.usecases.payment import Checkout, Holds, Payments
from tests.builders import NOW, session
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock
from tests.fakes.outbox import FakeOutbox
from tests.fakes.payment import FakePaymentProvider
from tests.unit.test_order_states import HOLD


class FakeQrCodes:
    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    def remember(self, trade_no: str, code_url: str, expires_at: object) -> None:
        self.codes[trade_no] = code_url

    def recall(self, trade_no: str) -> str | None:
        return self.codes.get(trade_no)


class World:
    """One order that waits for its payment."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.orders, self.outbox, self.codes = FakeOrders(), FakeOutbox(), FakeQrCodes()
        self.provider = FakePaymentProvider(self.clock)
        self.payments = Payments(self.orders, self.provider, self.clock)
        self.holds = Holds(self.payments, self.outbox)
        self.checkout = Checkout(self.orders, self.provider, self.codes, lambda text: f"drawn:{text}", self.clock)
        self.orders.add_numbers("s1", 1)
        order = place(session(), 1, order_id="o1", user_id="u1", patient_id="p1", patient_name="林三", now=NOW, hold=HOLD)
        self.orders.place(order, self.orders.ledger("u1", "p1"))

    @property
    def order(self) -> Order:
        return self.orders.orders["o1"]

    def cancel(self) -> None:
        self.orders.move(self.order, self.order.cancel(Cause.CANCELLED_BY_USER, self.clock()), self.orders.ledger("u1", "p1"))

    def notify(self, trade_no: str = "o1") -> None:
        headers, body = self.provider.notification(trade_no)
        self.payments.notified(headers, body)


def test_a_payment_is_opened_with_the_orders_own_amount_until_its_hold_ends() -> None:
    world = World()
    opened = world.checkout.open("u1", "o1")
    assert (opened.state, opened.amount_fen, opened.expires_at) == (PaymentState.OPEN, 5000, NOW + HOLD)
    assert opened.qr_code == f"drawn:{opened.code_url}"


@pytest.mark.parametrize("forgotten", [False, True])
def test_an_order_has_one_open_payment(forgotten: bool) -> None:
    world = World()
    first = world.checkout.open("u1", "o1")
    if forgotten:
        world.codes.codes.clear()
    assert world.checkout.open("u1", "o1").code_url == first.code_url


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
    for call in (world.checkout.open, world.payments.state):
        with pytest.raises(NotFound):
            call("u2", "o1")


def test_a_notification_pays_the_order_once_however_often_it_comes() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    for _ in range(3):
        world.notify()
    assert [step.state for step in world.order.timeline] == [OrderState.AWAITING_PAYMENT, OrderState.PAID]


def test_a_notification_that_nobody_signed_pays_nothing() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    with pytest.raises(NotificationRefused):
        world.payments.notified({}, "{}")
    assert world.order.state is OrderState.AWAITING_PAYMENT


def test_asking_for_the_state_finds_a_payment_whose_notification_was_lost() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    assert world.payments.state("u1", "o1").state is PaymentState.OPEN
    world.provider.pay("o1")
    assert world.payments.state("u1", "o1").state is PaymentState.PAID


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
    assert world.outbox.sent == [("expireHold", "o1", 61)]


def test_a_payment_in_time_whose_notification_is_late_is_still_paid_at_the_end_of_the_hold() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert world.order.state is OrderState.PAID


def test_a_hold_ends_even_when_the_provider_does_not_answer_and_the_money_comes_back() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.provider.down = True
    world.clock.advance(minutes=15)
    world.holds.end("o1")
    assert world.order.state is OrderState.CANCELLED
    with pytest.raises(ProviderUnavailable):
        world.payments.settle("o1")
    world.provider.down = False
    world.payments.settle("o1")
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
        world.payments.settle("o1")


def test_a_cancelled_orders_open_payment_is_closed_so_that_nobody_can_pay_it() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.cancel()
    world.payments.settle("o1")
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
        world.payments.settle("o1")
        world.notify()
    assert world.order.state is OrderState.CANCELLED
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_cancelled_paid_order_is_refunded() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.notify()
    world.cancel()
    assert world.order.payment.state is PaymentState.REFUNDING
    world.payments.settle("o1")
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_refund_that_takes_time_is_asked_for_until_it_is_done() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    world.provider.pay("o1")
    world.notify()
    world.cancel()
    world.provider.refunds_take_time = True
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            world.payments.settle("o1")
        assert world.order.payment.state is PaymentState.REFUNDING
    world.provider.settle_refunds()
    world.payments.settle("o1")
    assert (world.order.payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_settling_touches_no_order_that_owes_nothing() -> None:
    world = World()
    before = world.order
    world.payments.settle("o1")
    assert world.order is before


def test_no_payment_is_opened_for_a_cancelled_order() -> None:
    world = World()
    world.cancel()
    with pytest.raises(OrderStateConflict):
        world.checkout.open("u1", "o1")


def test_an_amount_that_is_not_the_fee_is_never_taken() -> None:
    world = World()
    world.checkout.open("u1", "o1")
    trade = replace(world.provider.pay("o1"), amount_fen=1)
    with pytest.raises(PaymentMismatch):
        world.payments.apply(trade)
    assert world.order.state is OrderState.AWAITING_PAYMENT


def test_each_change_of_an_order_is_followed_by_its_messages() -> None:
    world = World()
    follow = OrderChanges(world.outbox, FakePool(), world.clock).follow
    new = world.order
    follow(None, new)
    cancelled = replace(new, payment=Payment(PaymentState.OPEN)).cancel(Cause.CANCELLED_BY_USER, NOW)
    follow(new, cancelled)
    assert world.outbox.sent == [
        ("expireHold", "o1", 901),
        ("tellHospital", "o1", None),
        ("tellHospital", "o1", None),
        ("notify", "o1", NoticeKind.CANCELLED.value),
        ("settle", "o1", None),
    ]


@pytest.mark.parametrize("down", [False, True])
def test_a_freed_number_is_offered_again_if_there_is_a_pool(down: bool) -> None:
    world, pool = World(), FakePool()
    pool.build(session(), [], NOW)
    pool.down = down
    OrderChanges(world.outbox, pool, world.clock).follow(world.order, world.order.cancel(Cause.HOLD_EXPIRED, NOW))
    assert pool.free["s1"] == (set() if down else {1})
