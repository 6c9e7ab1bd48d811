"""What follows from a change of an order."""

from __future__ import annotations

from enum import StrEnum

from guahao.domain.booking import Order
from guahao.domain.order_states import NumberState, OrderState
from guahao.domain.payment import PaymentState


class Effect(StrEnum):
    """What must follow from a change of an order, each of them harmless when done again."""

    EXPIRE_HOLD = "expireHold"
    TELL_HOSPITAL = "tellHospital"
    RETURN_NUMBER = "returnNumber"
    NOTIFY_PAID = "notifyPaid"
    NOTIFY_CANCELLED = "notifyCancelled"
    SETTLE = "settle"
    COUNT = "count"


_EFFECTS_OF_STATE: dict[OrderState, tuple[Effect, ...]] = {
    OrderState.AWAITING_PAYMENT: (Effect.EXPIRE_HOLD, Effect.TELL_HOSPITAL),
    OrderState.PAID: (Effect.TELL_HOSPITAL, Effect.NOTIFY_PAID),
    OrderState.CANCELLED: (Effect.TELL_HOSPITAL, Effect.NOTIFY_CANCELLED),
}
_UNSETTLED = (PaymentState.OPEN, PaymentState.REFUNDING)


def effects(before: Order | None, after: Order) -> list[Effect]:
    """Return what must follow from the change; `before` is None for a new order."""
    moved = before is None or before.state is not after.state
    paid = before is None or before.payment.state is not after.payment.state
    follows = list(_EFFECTS_OF_STATE.get(after.state, ())) if moved else []
    if moved and after.number_state is NumberState.FREE:
        follows.append(Effect.RETURN_NUMBER)
    if (moved or paid) and after.state is OrderState.CANCELLED and after.payment.state in _UNSETTLED:
        follows.append(Effect.SETTLE)
    if moved:
        follows.append(Effect.COUNT)
    return follows
