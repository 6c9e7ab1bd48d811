"""Substitutions: another doctor takes a schedule that has orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import is_unheard
from guahao.domain.booking.visits import Substitution, is_another
from guahao.domain.payment.payment import PaymentState


class Substitute(NamedTuple):
    """Who takes the schedule, for which fee, and when the schedule begins: until then whoever booked may cancel."""

    doctor_name: str
    title: str
    fee_fen: int
    begins_at: datetime


def substitute(order: Order, who: Substitute, now: datetime, unheard: timedelta) -> Order:
    """Return the order with the substitute as its doctor; the order itself if that is so, or it is cancelled.

    A lower fee is shown, and asked for once the substitution is settled; a higher one never is. If the doctor of before is back while the
    last substitution was `unheard`, the order is as it was. An order that names nobody was promised nobody: it takes the name alone.
    """
    if order.state is OrderState.CANCELLED:
        return order
    if who.doctor_name and not order.visit.doctor_name:
        named = replace(order.visit, doctor_name=who.doctor_name, title=who.title)
        return replace(order, visit=named, version=order.version + 1)
    if not is_another(order.visit.doctor_name, who.doctor_name):
        return order
    heard, before = order.substitutions, _as_it_is(order, now, unheard)
    if is_unheard(order, now):
        heard, before = heard[:-1], replace(heard[-1], at=now, settles_at=before.settles_at)
    if not is_another(before.doctor_name, who.doctor_name):
        return _with(order, before, before.fee_fen, before.quit_until, heard)
    substituted = _with(order, who, min(who.fee_fen, before.fee_fen), max(before.quit_until, who.begins_at), (*heard, before))
    if order.state is OrderState.AWAITING_PAYMENT and not substituted.visit.fee_fen:
        # Nobody pays while nothing is asked for: the number is kept until it is certain that nothing is.
        return replace(substituted, hold_until=max(order.hold_until, before.settles_at))
    return substituted


def settle_fee(order: Order, now: datetime) -> Order:
    """Return the order that nobody has begun to pay and that is charged a fee lowered for good, or none; the order itself otherwise."""
    if not _is_unopened(order) or is_unheard(order, now) or order.charged_fen == order.visit.fee_fen:
        return order
    if not order.visit.fee_fen:
        return order.waive_fee(now)
    return replace(order, payment=replace(order.payment, amount_fen=order.visit.fee_fen), version=order.version + 1)


def is_free_for_good(order: Order, now: datetime) -> bool:
    """Tell whether the order waits for a payment that its substitute no longer asks for."""
    return order.state is OrderState.AWAITING_PAYMENT and not order.visit.fee_fen and not is_unheard(order, now)


def as_shown(order: Order, now: datetime) -> Order:
    """Return the order as its user sees it: a later deadline is told only when it can no longer be taken back, and granted before."""
    return replace(order, quit_until=order.substitutions[-1].quit_until) if is_unheard(order, now) else order


def as_told(order: Order, now: datetime) -> Order:
    """Return the order as its patient may be told of it for good: with the doctor of before while the substitute is unheard."""
    if not is_unheard(order, now):
        return order
    before = order.substitutions[-1]
    visit = replace(order.visit, doctor_name=before.doctor_name, title=before.title, fee_fen=before.fee_fen)
    return replace(as_shown(order, now), visit=visit, substitutions=order.substitutions[:-1])


def close_payment(order: Order, now: datetime) -> Order:
    """Return the order whose open payment the provider has closed: one that was cancelled stays so, one that became free is paid."""
    return order.waive_fee(now) if order.state is OrderState.AWAITING_PAYMENT else order.close_payment(now)


def _as_it_is(order: Order, now: datetime, unheard: timedelta) -> Substitution:
    visit = order.visit
    return Substitution(now, now + unheard, visit.doctor_name, visit.title, visit.fee_fen, order.quit_until)


def _is_unopened(order: Order) -> bool:
    return order.state is OrderState.AWAITING_PAYMENT and order.payment.state is PaymentState.NONE


def _with(
    order: Order, who: Substitute | Substitution, fee_fen: int, quit_until: datetime, substitutions: tuple[Substitution, ...]
) -> Order:
    return replace(
        order,
        visit=replace(order.visit, doctor_name=who.doctor_name, title=who.title, fee_fen=fee_fen),
        payment=replace(order.payment, amount_fen=order.charged_fen),
        quit_until=quit_until,
        substitutions=substitutions,
        version=order.version + 1,
    )
