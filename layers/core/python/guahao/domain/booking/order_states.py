"""The states of orders, payments, refunds and numbers, and every move between them, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.payment.payment import PaymentState


class OrderState(StrEnum):
    """The states of an order. Their codes for partners are 0, 1, 2 and -1; a no-show has none."""

    AWAITING_PAYMENT = "awaitingPayment"
    PAID = "paid"
    CHECKED_IN = "checkedIn"
    CANCELLED = "cancelled"
    NO_SHOW = "noShow"


class NumberState(StrEnum):
    FREE = "free"
    HELD = "held"
    SOLD = "sold"
    CLOSED = "closed"


# The state of a number follows from its order, so both are always written together.
NUMBER_OF: dict[OrderState, NumberState] = {
    OrderState.AWAITING_PAYMENT: NumberState.HELD,
    OrderState.PAID: NumberState.SOLD,
    OrderState.CHECKED_IN: NumberState.SOLD,
    OrderState.NO_SHOW: NumberState.SOLD,
    OrderState.CANCELLED: NumberState.FREE,
}


# What the hospital should have confirmed. Patients who came, or missed the visit, had paid.
KNOWN_OF: dict[OrderState, HospitalKnows] = {
    OrderState.AWAITING_PAYMENT: HospitalKnows.BOOKED,
    OrderState.PAID: HospitalKnows.PAID,
    OrderState.CHECKED_IN: HospitalKnows.PAID,
    OrderState.NO_SHOW: HospitalKnows.PAID,
    OrderState.CANCELLED: HospitalKnows.CANCELLED,
}


class Cause(StrEnum):
    """Why an order or its payment changed."""

    BOOKED = "booked"
    PAYMENT_OPENED = "paymentOpened"
    PAID = "paid"
    CANCELLED_BY_USER = "cancelledByUser"
    HOLD_EXPIRED = "holdExpired"
    HOSPITAL_REFUSED = "hospitalRefused"
    HOSPITAL_SILENT = "hospitalSilent"
    SCHEDULE_SUSPENDED = "scheduleSuspended"
    SUBSTITUTED = "substituted"
    ATTENDED = "attended"
    NO_SHOW = "noShow"
    PAYMENT_CLOSED = "paymentClosed"
    PAID_TOO_LATE = "paidTooLate"
    REFUNDED = "refunded"
    REFUNDED_BY_HAND = "refundedByHand"


class State(NamedTuple):
    """The state of an order and of its one payment; the last two payment states are those of the refund."""

    order: OrderState
    payment: PaymentState


_UNPAID = State(OrderState.AWAITING_PAYMENT, PaymentState.NONE)
_OPENED = State(OrderState.AWAITING_PAYMENT, PaymentState.OPEN)
_FREE, _PAID = State(OrderState.PAID, PaymentState.NONE), State(OrderState.PAID, PaymentState.PAID)
_FREE_CAME, _CAME = State(OrderState.CHECKED_IN, PaymentState.NONE), State(OrderState.CHECKED_IN, PaymentState.PAID)
_FREE_MISSED, _MISSED = State(OrderState.NO_SHOW, PaymentState.NONE), State(OrderState.NO_SHOW, PaymentState.PAID)
_ENDED, _ENDED_OPEN, _ENDED_CLOSED, _REFUNDING, _REFUNDED = (
    State(OrderState.CANCELLED, payment)
    for payment in (PaymentState.NONE, PaymentState.OPEN, PaymentState.CLOSED, PaymentState.REFUNDING, PaymentState.REFUNDED)
)
_UNPAID_ENDS = {_UNPAID: _ENDED, _OPENED: _ENDED_OPEN}
_ENDS = _UNPAID_ENDS | {_FREE: _ENDED, _PAID: _REFUNDING}

BEGINNINGS = frozenset({_UNPAID, _FREE})
"""The first state of an order; without a fee there is nothing to wait for."""

MOVES: Mapping[Cause, Mapping[State, State]] = {
    Cause.PAYMENT_OPENED: {_UNPAID: _OPENED},
    Cause.PAID: {_OPENED: _PAID},
    Cause.CANCELLED_BY_USER: _ENDS,
    Cause.HOLD_EXPIRED: _UNPAID_ENDS,
    Cause.HOSPITAL_REFUSED: _ENDS,
    Cause.HOSPITAL_SILENT: {_FREE: _ENDED, _PAID: _REFUNDING},
    # A suspension cancels a check-in too, because the doctor does not come, and a no-show, because the doctor missed the visit as well.
    Cause.SCHEDULE_SUSPENDED: _ENDS | {_FREE_CAME: _ENDED, _CAME: _REFUNDING, _FREE_MISSED: _ENDED, _MISSED: _REFUNDING},
    # A substitute without a fee: an unpaid order has nothing to wait for any more, once the payment that was opened is closed.
    Cause.SUBSTITUTED: {_UNPAID: _FREE, _OPENED: _FREE},
    Cause.ATTENDED: {_FREE: _FREE_CAME, _PAID: _CAME, _FREE_MISSED: _FREE_CAME, _MISSED: _CAME},
    Cause.NO_SHOW: {_FREE: _FREE_MISSED, _PAID: _MISSED},
    Cause.PAYMENT_CLOSED: {_ENDED_OPEN: _ENDED_CLOSED},
    # A cancelled order refunds every payment that arrives.
    Cause.PAID_TOO_LATE: {_ENDED_OPEN: _REFUNDING, _ENDED_CLOSED: _REFUNDING},
    Cause.REFUNDED: {_REFUNDING: _REFUNDED},
    # A payment of another amount leaves the payment open, because no order accepts it.
    Cause.REFUNDED_BY_HAND: {_REFUNDING: _REFUNDED, _ENDED_OPEN: _REFUNDED},
}
"""All moves; any other raises OrderStateConflict."""
