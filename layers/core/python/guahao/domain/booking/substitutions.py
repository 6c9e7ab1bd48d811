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

    A lower fee is taken, a higher one is not asked for. If the doctor of before is back while the last substitution was `unheard`, the
    order is as it was. An order that names nobody was promised nobody: it takes the name alone.
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
        return _with(order, before, before.fee_fen, before.quit_until, heard, now)
    fee_fen = min(who.fee_fen, before.fee_fen)
    # What was paid, or may be paid by a code that somebody has, is all that is asked for.
    fee_fen = fee_fen if _is_unopened(order) else min(fee_fen, order.charged_fen)
    return _with(order, who, fee_fen, max(before.quit_until, who.begins_at), (*heard, before), now)


def _as_it_is(order: Order, now: datetime, unheard: timedelta) -> Substitution:
    visit = order.visit
    return Substitution(now, now + unheard, visit.doctor_name, visit.title, visit.fee_fen, order.quit_until)


def _is_unopened(order: Order) -> bool:
    return order.state is OrderState.AWAITING_PAYMENT and order.payment.state is PaymentState.NONE


def _with(
    order: Order, who: Substitute | Substitution, fee_fen: int, quit_until: datetime, substitutions: tuple[Substitution, ...], now: datetime
) -> Order:
    is_waived = _is_unopened(order) and not fee_fen
    charged_fen = None if _is_unopened(order) and fee_fen else order.charged_fen
    changed = replace(
        order,
        visit=replace(order.visit, doctor_name=who.doctor_name, title=who.title, fee_fen=fee_fen),
        payment=replace(order.payment, amount_fen=0 if is_waived else charged_fen),
        quit_until=quit_until,
        substitutions=substitutions,
    )
    return changed.waive_fee(now) if is_waived else replace(changed, version=order.version + 1)
