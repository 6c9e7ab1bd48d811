"""The effects of a change of an order, carried out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from guahao.contracts.messages import Count, HoldEnd, NoticeKind, OrderNotice, PartnerCall, Settlement
from guahao.domain.booking.order_changes import Effect, effects
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox

# Most hospitals answer by then, and nobody hears first that theirs did not.
_ANSWER_SECONDS = 60


@dataclass(frozen=True)
class OrderChanges:
    """Sends the messages that follow from a change of an order, and offers freed numbers in the pool again."""

    outbox: Outbox
    pool: NumberPool
    clock: Clock

    def follow(self, before: Order | None, after: Order) -> None:
        """Carry out the effects of the change; repeating it does no harm."""
        for effect in effects(before, after):
            self._do(effect, after)

    def _do(self, effect: Effect, order: Order) -> None:
        ids: dict[str, Any] = {"order_id": order.order_id, "origin_id": order.origin_id}
        match effect:
            case Effect.EXPIRE_HOLD:
                left = (order.hold_until - self.clock()).total_seconds()
                self.outbox.send(HoldEnd(**ids), max(0, int(left) + 1))
            case Effect.NOTIFY_HOSPITAL:
                self.outbox.send(PartnerCall(**ids))
            case Effect.NOTIFY_PAID:
                self.outbox.send(OrderNotice(**ids, kind=NoticeKind.PAID), _ANSWER_SECONDS if order.is_unconfirmed else 0)
            case Effect.NOTIFY_CANCELLED:
                self.outbox.send(OrderNotice(**ids, kind=NoticeKind.CANCELLED))
            case Effect.NOTIFY_SUBSTITUTED:
                self.outbox.send(OrderNotice(**ids, kind=NoticeKind.SUBSTITUTED), self._unheard_seconds(order))
            case Effect.SETTLE:
                self.outbox.send(Settlement(**ids), 0 if order.state is OrderState.CANCELLED else self._unheard_seconds(order))
            case Effect.COUNT:
                self.outbox.send(Count(**ids))
            case Effect.RETURN_NUMBER:
                # A pool that does not answer needs no repair: whoever builds it next reads the number as free.
                with suppress(PoolUnavailable):
                    self.pool.put_back(order.visit.schedule_id, order.visit.number)

    def _unheard_seconds(self, order: Order) -> int:
        """Return for how long the order's last substitution may still be taken back."""
        left = (order.substitutions[-1].settles_at - self.clock()).total_seconds() if order.substitutions else 0
        return max(0, int(left) + 1)
