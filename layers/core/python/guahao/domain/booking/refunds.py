"""What of an order's payment goes back: parts while the order stands, the rest once it is cancelled, each under a number of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order
from guahao.domain.payment.payment import PartialRefund, PaymentState

_BACK = (PaymentState.REFUNDING, PaymentState.REFUNDED)


class Refund(NamedTuple):
    """One refund of an order; together they are never more than was paid. `done_at` is None until the provider, or a person, gave it."""

    number: str
    fen: int
    begun_at: datetime
    done_at: datetime | None
    by_hand: bool


def refunds_of(order: Order) -> list[Refund]:
    """Return the order's refunds in the order in which they are asked for: the parts, then what remains."""
    parts = [Refund(_part_no(order, n), *_told(part)) for n, part in enumerate(order.payment.parts, 1)]
    rest = order.charged_fen - order.payment.parts_fen
    if order.payment.state not in _BACK or not rest:
        return parts
    begun_at = next((step.at for step in order.timeline if step.payment in _BACK), order.changed_at)
    done_at = order.changed_at if order.payment.state is PaymentState.REFUNDED else None
    by_hand = order.timeline[-1].cause is Cause.REFUNDED_BY_HAND
    return [*parts, Refund(order.refund_no, rest, begun_at, done_at, by_hand)]


def due_refunds(order: Order) -> list[Refund]:
    """Return those that are still to be given."""
    return [refund for refund in refunds_of(order) if refund.done_at is None]


def refunded_at(order: Order) -> datetime | None:
    """Return when the provider finished the last of them; None before that, and if they were all given by hand."""
    return max((refund.done_at for refund in refunds_of(order) if refund.done_at and not refund.by_hand), default=None)


def is_unheard(order: Order, now: datetime) -> bool:
    """Tell whether the order's last substitution may still be taken back."""
    return bool(order.substitutions) and now < order.substitutions[-1].settles_at


def decide_part(order: Order, now: datetime) -> Order:
    """Return the order with the part that is to go back of a fee that was lowered for good; the order itself if there is none.

    It is decided before it is asked for, so that its number always stands for the same amount.
    """
    excess = order.charged_fen - order.payment.parts_fen - order.visit.fee_fen
    if order.payment.state is not PaymentState.PAID or excess <= 0 or is_unheard(order, now):
        return order
    parts = (*order.payment.parts, PartialRefund(excess, now))
    return replace(order, payment=replace(order.payment, parts=parts), version=order.version + 1)


def returned(order: Order, number: str, now: datetime) -> Order:
    """Return the order that knows that its refund of this number is done; the order itself if it knew, or has no such refund."""
    if number not in (refund.number for refund in due_refunds(order)):
        return order
    if number == order.refund_no:
        return order.refunded(now)
    return _with_parts(order, lambda n, part: replace(part, done_at=now) if _part_no(order, n) == number else part)


def returned_by_hand(order: Order, now: datetime) -> Order:
    """Return the order whose refunds that were due were given by a person, or raise OrderStateConflict if none was."""
    decided = decide_part(order, now)
    by_hand = _with_parts(decided, lambda _, part: part if part.done_at else replace(part, done_at=now, by_hand=True))
    if decided.owes_difference and due_refunds(decided):
        return replace(by_hand, version=order.version + 1)  # one write is one version
    return replace(replace(order, payment=by_hand.payment).refunded_by_hand(now), version=order.version + 1)


def _with_parts(order: Order, change: Callable[[int, PartialRefund], PartialRefund]) -> Order:
    parts = tuple(change(n, part) for n, part in enumerate(order.payment.parts, 1))
    return replace(order, payment=replace(order.payment, parts=parts), version=order.version + 1)


def _part_no(order: Order, n: int) -> str:
    return f"{order.order_id}P{n}"


def _told(part: PartialRefund) -> tuple[int, datetime, datetime | None, bool]:
    return part.fen, part.at, part.done_at, part.by_hand
