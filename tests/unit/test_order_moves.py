"""The complete state table of orders and payments: every move, and every other one refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from guahao.domain.booking.order_states import BEGINNINGS, MOVES, NUMBER_OF, Cause, OrderState, State
from guahao.domain.booking.orders import Order, Step, place
from guahao.domain.errors import OrderStateConflict
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.payment.payment import Payment, PaymentState, Trade, TradeState
from tests.builders import AT_VISIT, NOW, altered, patient, schedule

HOLD = timedelta(minutes=15)
TRADE = Trade("o1", TradeState.PAID, 5000, "t1", NOW)

# What each cause may do, by hand: from (order, payment) to (order, payment).
TABLE = """
paymentOpened    awaitingPayment none      > awaitingPayment open
paid             awaitingPayment open      > paid            paid
cancelledByUser  awaitingPayment none      > cancelled       none
cancelledByUser  awaitingPayment open      > cancelled       open
cancelledByUser  paid            none      > cancelled       none
cancelledByUser  paid            paid      > cancelled       refunding
holdExpired      awaitingPayment none      > cancelled       none
holdExpired      awaitingPayment open      > cancelled       open
hospitalRefused  awaitingPayment none      > cancelled       none
hospitalRefused  awaitingPayment open      > cancelled       open
hospitalRefused  paid            none      > cancelled       none
hospitalRefused  paid            paid      > cancelled       refunding
hospitalSilent   paid            none      > cancelled       none
hospitalSilent   paid            paid      > cancelled       refunding
scheduleSuspended awaitingPayment none      > cancelled       none
scheduleSuspended awaitingPayment open      > cancelled       open
scheduleSuspended paid            none      > cancelled       none
scheduleSuspended paid            paid      > cancelled       refunding
scheduleSuspended checkedIn       none      > cancelled       none
scheduleSuspended checkedIn       paid      > cancelled       refunding
scheduleSuspended noShow          none      > cancelled       none
scheduleSuspended noShow          paid      > cancelled       refunding
substituted      awaitingPayment none      > paid            none
substituted      awaitingPayment open      > paid            none
attended         paid            none      > checkedIn       none
attended         paid            paid      > checkedIn       paid
attended         noShow          none      > checkedIn       none
attended         noShow          paid      > checkedIn       paid
noShow           paid            none      > noShow          none
noShow           paid            paid      > noShow          paid
paymentClosed    cancelled       open      > cancelled       closed
paidTooLate      cancelled       open      > cancelled       refunding
paidTooLate      cancelled       closed    > cancelled       refunding
refunded         cancelled       refunding > cancelled       refunded
refundedByHand   cancelled       refunding > cancelled       refunded
refundedByHand   cancelled       open      > cancelled       refunded
"""
ALLOWED = {
    (cause, State(OrderState(order_), PaymentState(payment))): State(OrderState(next_order), PaymentState(next_payment))
    for cause, order_, payment, _, next_order, next_payment in (line.split() for line in TABLE.split("\n") if line)
}
EVERY = [(cause, State(order_, payment)) for cause in Cause for order_ in OrderState for payment in PaymentState]
LATER = NOW + timedelta(days=30)


def order(state: OrderState = OrderState.AWAITING_PAYMENT, payment: PaymentState = PaymentState.NONE, **changes: object) -> Order:
    new = place(schedule(), 1, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    return altered(new, state=state, payment=Payment(payment), **changes)


def move(cause: Cause, before: Order) -> Order:
    """Try what stands behind the cause, as the product would."""
    match cause:
        case Cause.BOOKED:
            raise OrderStateConflict("An order is booked once.")
        case Cause.PAYMENT_OPENED:
            return before.open_payment(NOW)
        case Cause.PAID | Cause.PAID_TOO_LATE:
            return before.pay(TRADE, NOW)
        case Cause.HOLD_EXPIRED:
            return before.expire(LATER)
        case Cause.SCHEDULE_SUSPENDED:
            return before.cancel_with_schedule(NOW)
        case Cause.SUBSTITUTED:
            return before.waive_fee(NOW)
        case Cause.ATTENDED:
            return before.check_in(AT_VISIT)
        case Cause.NO_SHOW:
            return before.mark_no_show(LATER)
        case Cause.PAYMENT_CLOSED:
            return before.close_payment(NOW)
        case Cause.REFUNDED:
            return before.refunded(NOW)
        case Cause.REFUNDED_BY_HAND:
            return before.refunded_by_hand(NOW)
        case Cause.CANCELLED_BY_USER:
            return before.cancel_by_user(NOW)
        case Cause.HOSPITAL_SILENT:
            return before.cancel_unconfirmed(NOW)
        case Cause.HOSPITAL_REFUSED:
            return before.cancel(cause, NOW)


# What has happened already, or is not waited for, may be tried again and changes nothing.
_RECEIVED = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)
HARMLESS: dict[Cause, Callable[[State], bool]] = {
    Cause.PAYMENT_OPENED: lambda state: state == (OrderState.AWAITING_PAYMENT, PaymentState.OPEN),
    Cause.PAID: lambda state: state.payment in _RECEIVED,
    Cause.PAID_TOO_LATE: lambda state: state.payment in _RECEIVED,
    Cause.CANCELLED_BY_USER: lambda state: state.order is OrderState.CANCELLED,
    Cause.SCHEDULE_SUSPENDED: lambda state: state.order is OrderState.CANCELLED,
    Cause.HOLD_EXPIRED: lambda state: state.order is not OrderState.AWAITING_PAYMENT,
    Cause.HOSPITAL_SILENT: lambda state: state.order is not OrderState.PAID,
    Cause.ATTENDED: lambda state: state.order is OrderState.CHECKED_IN,
    Cause.NO_SHOW: lambda state: state.order is not OrderState.PAID,
    Cause.PAYMENT_CLOSED: lambda state: state.payment is not PaymentState.OPEN,
    Cause.REFUNDED: lambda state: state.payment is PaymentState.REFUNDED,
}
# Money that comes means one or the other.
_MONEY = (Cause.PAID, Cause.PAID_TOO_LATE)


@pytest.mark.parametrize(("cause", "state"), EVERY, ids=lambda value: "-".join(value) if isinstance(value, State) else value.value)
def test_an_order_moves_as_the_table_says_and_no_other_way(cause: Cause, state: State) -> None:
    record = None if cause is Cause.HOSPITAL_SILENT else HospitalRecord("r1", NOW, "一楼")
    before = order(state.order, state.payment, record=record)
    meant = next((c for c in (_MONEY if cause in _MONEY else (cause,)) if (c.value, state) in ALLOWED), None)
    if meant:
        after = move(cause, before)
        wanted = ALLOWED[meant.value, state]
        assert State(after.state, after.payment.state) == wanted
        assert after.timeline[len(before.timeline) :] == (Step(after.changed_at, *wanted, meant),)
        assert after.version == before.version + 1
    elif cause in HARMLESS and HARMLESS[cause](state):
        assert move(cause, before) is before
    else:
        with pytest.raises(OrderStateConflict):
            move(cause, before)


@pytest.mark.parametrize("state", sorted(set(NUMBER_OF)))
def test_a_number_is_what_its_order_makes_of_it(state: OrderState) -> None:
    expected = {"awaitingPayment": "held", "paid": "sold", "checkedIn": "sold", "noShow": "sold", "cancelled": "free"}
    assert order(state).number_state.value == expected[state.value]


def test_the_table_begins_where_orders_begin_and_reaches_nothing_else() -> None:
    reached = {
        State(o.state, o.payment.state)
        for o in (order(), place(schedule(fee_fen=0), 1, order_id="o", patient=patient(), now=NOW, hold=HOLD))
    }
    assert reached == BEGINNINGS
    while more := {moves[state] for moves in MOVES.values() for state in reached if state in moves} - reached:
        reached |= more
    assert reached == {state for moves in MOVES.values() for pair in moves.items() for state in pair}
