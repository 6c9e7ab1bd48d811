"""The effects of a change of an order."""

from __future__ import annotations

from enum import StrEnum

from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.payment.payment import PaymentState


class Effect(StrEnum):
    """An effect of a change of an order; repeating it does no harm."""

    EXPIRE_HOLD = "expireHold"
    NOTIFY_HOSPITAL = "notifyHospital"
    RETURN_NUMBER = "returnNumber"
    NOTIFY_PAID = "notifyPaid"
    NOTIFY_CANCELLED = "notifyCancelled"
    NOTIFY_SUBSTITUTED = "notifySubstituted"
    SETTLE = "settle"
    COUNT = "count"


_EFFECTS_OF_STATE: dict[OrderState, tuple[Effect, ...]] = {
    OrderState.AWAITING_PAYMENT: (Effect.EXPIRE_HOLD, Effect.NOTIFY_HOSPITAL),
    OrderState.PAID: (Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_PAID),
    OrderState.CANCELLED: (Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED),
}
_PAID_FOR = (OrderState.PAID, OrderState.CHECKED_IN, OrderState.NO_SHOW)
_UNFINISHED = (PaymentState.OPEN, PaymentState.REFUNDING)


def effects(before: Order | None, after: Order) -> list[Effect]:
    """Return the effects of the change; `before` is None for a new order."""
    moved = before is None or before.state is not after.state
    paid = before is None or before.payment.state is not after.payment.state
    follows = list(_EFFECTS_OF_STATE.get(after.state, ())) if moved else []
    if _is_confirmed_late(before, after):
        follows.append(Effect.NOTIFY_PAID)
    if moved and after.number_state is NumberState.FREE:
        follows.append(Effect.RETURN_NUMBER)
    if (moved or paid) and after.state is OrderState.CANCELLED and after.payment.state in _UNFINISHED:
        follows.append(Effect.SETTLE)
    substituted = before is not None and (before.visit, before.substitutions) != (after.visit, after.substitutions)
    if substituted and after.substitutions:
        follows.append(Effect.NOTIFY_SUBSTITUTED)
    if ((paid or substituted) and after.owes_difference) or (substituted and after.state is OrderState.AWAITING_PAYMENT):
        follows.append(Effect.SETTLE)
    if moved:
        follows.append(Effect.COUNT)
    return follows


def _is_confirmed_late(before: Order | None, after: Order) -> bool:
    """Tell whether the hospital has confirmed now what was paid before."""
    return before is not None and before.record is None and after.record is not None and before.state is after.state in _PAID_FOR
