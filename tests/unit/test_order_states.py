"""What moves orders make, at their edges, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guahao.domain.booking.order_changes import Effect, effects
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Order, order_id_of, place
from guahao.domain.errors import IdempotencyKeyReused, OrderStateConflict, PaymentMismatch, QuitDeadlinePassed
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.domain.payment.payment import Payment, PaymentState, Trade, TradeState
from tests.builders import AT_VISIT, NOW, altered, patient, schedule

HOLD = timedelta(minutes=15)
TRADE = Trade("o1", TradeState.PAID, 5000, "t1", NOW)


def order(state: OrderState = OrderState.AWAITING_PAYMENT, payment: PaymentState = PaymentState.NONE, **changes: object) -> Order:
    new = place(schedule(), 1, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    return altered(new, state=state, payment=Payment(payment), **changes)


def test_a_new_order_holds_its_number_for_the_hold() -> None:
    new = order()
    assert (new.state, new.number_state, new.hold_until) == (OrderState.AWAITING_PAYMENT, NumberState.HELD, NOW + HOLD)


def test_an_order_without_a_fee_is_paid_at_once() -> None:
    free = place(schedule(fee_fen=0), 1, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    assert (free.state, free.number_state) == (OrderState.PAID, NumberState.SOLD)
    assert free.cancel_by_user(NOW).payment.state is PaymentState.NONE


@pytest.mark.parametrize("state", OrderState)
def test_a_schedule_that_is_not_held_takes_every_order_with_it(state: OrderState) -> None:
    before = order(state)
    after = before.cancel_with_schedule(NOW)
    if state is OrderState.CANCELLED:
        assert after is before
    else:
        assert (after.state, after.timeline[-1].cause, after.number_state) == (
            OrderState.CANCELLED,
            Cause.SCHEDULE_SUSPENDED,
            NumberState.FREE,
        )


def test_who_came_to_a_schedule_that_is_not_held_gets_the_money_back() -> None:
    came = order(OrderState.PAID, PaymentState.PAID).check_in(AT_VISIT)
    sent_away = came.cancel_with_schedule(NOW)
    assert sent_away.payment.state is PaymentState.REFUNDING
    assert effects(came, sent_away) == [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED, Effect.RETURN_NUMBER, Effect.SETTLE, Effect.COUNT]


def test_late_money_for_a_closed_payment_goes_back() -> None:
    assert order(OrderState.CANCELLED, PaymentState.CLOSED).pay(TRADE, NOW).payment.state is PaymentState.REFUNDING


def test_the_same_payment_told_twice_changes_nothing() -> None:
    paid = order(payment=PaymentState.OPEN).pay(TRADE, NOW)
    assert paid.pay(TRADE, NOW) is paid
    cancelled = paid.cancel(Cause.CANCELLED_BY_USER, NOW)
    assert cancelled.pay(TRADE, NOW) is cancelled


@pytest.mark.parametrize("trade", [replace(TRADE, amount_fen=4999), replace(TRADE, amount_fen=None), replace(TRADE, trade_no="o2")])
def test_another_amount_or_order_is_never_taken(trade: Trade) -> None:
    with pytest.raises(PaymentMismatch):
        order(payment=PaymentState.OPEN).pay(trade, NOW)


def test_a_paid_order_that_is_cancelled_owes_its_money_back() -> None:
    cancelled = order(OrderState.PAID, PaymentState.PAID).cancel(Cause.CANCELLED_BY_USER, NOW)
    assert cancelled.payment.state is PaymentState.REFUNDING


def test_a_paid_order_is_not_cancelled_from_its_quit_deadline_on() -> None:
    paid = order(OrderState.PAID, PaymentState.PAID)
    assert paid.cancel_by_user(paid.quit_until - timedelta(microseconds=1)).state is OrderState.CANCELLED
    with pytest.raises(QuitDeadlinePassed):
        paid.cancel_by_user(paid.quit_until)


def test_an_unpaid_order_may_always_be_given_up() -> None:
    assert order().cancel_by_user(NOW + timedelta(days=30)).state is OrderState.CANCELLED


def test_cancelling_again_changes_nothing() -> None:
    cancelled = order().cancel_by_user(NOW)
    assert cancelled.cancel_by_user(NOW) is cancelled


def test_a_hold_ends_at_its_end_and_not_before() -> None:
    held = order()
    assert held.expire(held.hold_until - timedelta(microseconds=1)) is held
    assert held.expire(held.hold_until).timeline[-1].cause is Cause.HOLD_EXPIRED


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.AWAITING_PAYMENT])
def test_the_end_of_a_hold_touches_no_order_that_went_on(state: OrderState) -> None:
    held = order(state)
    assert held.expire(held.hold_until) is held


@pytest.mark.parametrize("state", [s for s in OrderState if s is not OrderState.AWAITING_PAYMENT])
def test_only_a_waiting_order_can_be_paid_for(state: OrderState) -> None:
    with pytest.raises(OrderStateConflict):
        order(state).open_payment(NOW)


def test_no_payment_is_opened_after_the_hold() -> None:
    with pytest.raises(OrderStateConflict):
        order().open_payment(NOW + HOLD)


def test_an_open_payment_stays_the_only_one() -> None:
    opened = order().open_payment(NOW)
    assert opened.open_payment(NOW) is opened


def test_a_number_that_the_hospital_will_not_take_is_sold_to_nobody_else() -> None:
    refused = order().cancel(Cause.HOSPITAL_REFUSED, NOW)
    assert refused.number_state is NumberState.CLOSED
    assert effects(order(), refused) == [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED, Effect.COUNT]


def test_a_payment_told_without_its_transaction_is_told_only_once_too() -> None:
    paid = order(payment=PaymentState.OPEN).pay(replace(TRADE, transaction_id=None), NOW)
    assert paid.pay(TRADE, NOW) is paid


def test_news_that_come_late_do_not_undo_a_cancellation_at_the_hospital() -> None:
    told = order(OrderState.CANCELLED, hospital_knows=HospitalKnows.CANCELLED)
    assert told.hospital_informed(HospitalKnows.PAID) is told


def test_every_change_is_in_the_timeline() -> None:
    paid = order(payment=PaymentState.OPEN).pay(TRADE, NOW + timedelta(minutes=1))
    steps = [(step.state, step.cause) for step in paid.cancel(Cause.CANCELLED_BY_USER, NOW).timeline]
    assert steps == [
        (OrderState.AWAITING_PAYMENT, Cause.BOOKED),
        (OrderState.PAID, Cause.PAID),
        (OrderState.CANCELLED, Cause.CANCELLED_BY_USER),
    ]


@pytest.mark.parametrize("state", [OrderState.PAID, OrderState.NO_SHOW])
def test_a_patient_who_comes_takes_the_number_also_late(state: OrderState) -> None:
    came = order(state, PaymentState.PAID).check_in(AT_VISIT)
    assert (came.state, came.payment.state, came.number_state) == (OrderState.CHECKED_IN, PaymentState.PAID, NumberState.SOLD)
    assert came.timeline[-1].cause is Cause.ATTENDED
    assert came.check_in(AT_VISIT) is came
    assert effects(order(state, PaymentState.PAID), came) == [Effect.COUNT]


@pytest.mark.parametrize("early", [timedelta(days=3), timedelta(hours=9, seconds=1)])
def test_nobody_comes_before_the_day_of_the_visit_in_shanghai(early: timedelta) -> None:
    with pytest.raises(OrderStateConflict) as refused:
        order(OrderState.PAID, PaymentState.PAID).check_in(AT_VISIT - early)
    assert refused.value.rule == "visitDay"
    assert order(OrderState.PAID, PaymentState.PAID).check_in(AT_VISIT - timedelta(hours=9)).state is OrderState.CHECKED_IN


@pytest.mark.parametrize("state", [OrderState.AWAITING_PAYMENT, OrderState.CANCELLED])
def test_nobody_comes_on_an_order_that_is_unpaid_or_cancelled(state: OrderState) -> None:
    with pytest.raises(OrderStateConflict):
        order(state).check_in(AT_VISIT)


def test_a_hospitals_record_is_noted_once() -> None:
    first = order().with_record(HospitalRecord("r1", NOW, "一楼"))
    assert first.hospital_knows is HospitalKnows.BOOKED
    assert first.with_record(HospitalRecord("r2", NOW, "二楼")) is first


def test_a_key_used_for_another_booking_is_refused() -> None:
    assert order().require_request("s1", "p1") == order()
    for schedule_id, patient_id in (("s2", "p1"), ("s1", "p2")):
        with pytest.raises(IdempotencyKeyReused):
            order().require_request(schedule_id, patient_id)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_order_ids_are_equal_only_for_the_same_user_and_key(user: str, key: str, other_user: str, other_key: str) -> None:
    same = (user, key) == (other_user, other_key)
    if "\0" not in user + other_user:
        assert (order_id_of(user, key) == order_id_of(other_user, other_key)) is same


def _cancelled(payment: PaymentState) -> Order:
    return order(OrderState.CANCELLED, payment)


@pytest.mark.parametrize(
    ("before", "after", "follows"),
    [
        (lambda: None, order, [Effect.EXPIRE_HOLD, Effect.NOTIFY_HOSPITAL, Effect.COUNT]),
        (order, lambda: order(payment=PaymentState.OPEN), []),
        (order, lambda: order(OrderState.PAID, PaymentState.PAID), [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_PAID, Effect.COUNT]),
        (
            lambda: order(OrderState.PAID, PaymentState.PAID),
            lambda: _cancelled(PaymentState.REFUNDING),
            [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED, Effect.RETURN_NUMBER, Effect.SETTLE, Effect.COUNT],
        ),
        (
            lambda: order(payment=PaymentState.OPEN),
            lambda: _cancelled(PaymentState.OPEN),
            [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED, Effect.RETURN_NUMBER, Effect.SETTLE, Effect.COUNT],
        ),
        (
            order,
            lambda: _cancelled(PaymentState.NONE),
            [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED, Effect.RETURN_NUMBER, Effect.COUNT],
        ),
        (lambda: _cancelled(PaymentState.CLOSED), lambda: _cancelled(PaymentState.REFUNDING), [Effect.SETTLE]),
        (lambda: _cancelled(PaymentState.REFUNDING), lambda: _cancelled(PaymentState.REFUNDED), []),
        (order, lambda: order(record=HospitalRecord("r1", NOW, "一楼")), []),
    ],
)
def test_what_follows_from_a_change(before: Callable[[], Order | None], after: Callable[[], Order], follows: list[Effect]) -> None:
    assert effects(before(), after()) == follows
