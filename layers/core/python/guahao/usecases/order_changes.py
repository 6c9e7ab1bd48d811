"""What follows from a change of an order."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from guahao.contracts.orders import NoticeKind
from guahao.domain.booking import Order
from guahao.domain.errors import PoolUnavailable
from guahao.domain.order_changes import Effect, effects
from guahao.ports.booking import NumberPool
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox


@dataclass(frozen=True)
class OrderChanges:
    """Turns changes of orders into messages, and freed numbers back into the pool."""

    outbox: Outbox
    pool: NumberPool
    clock: Clock

    def follow(self, before: Order | None, after: Order) -> None:
        """Do what follows from the change; doing it again changes nothing."""
        for effect in effects(before, after):
            self._do(effect, after)

    def _do(self, effect: Effect, order: Order) -> None:
        match effect:
            case Effect.EXPIRE_HOLD:
                left = (order.hold_until - self.clock()).total_seconds()
                self.outbox.expire_hold(order.order_id, max(0, int(left) + 1))
            case Effect.TELL_HOSPITAL:
                self.outbox.tell_hospital(order.order_id)
            case Effect.NOTIFY_PAID:
                self.outbox.notify(order.order_id, NoticeKind.PAID)
            case Effect.NOTIFY_CANCELLED:
                self.outbox.notify(order.order_id, NoticeKind.CANCELLED)
            case Effect.SETTLE:
                self.outbox.settle(order.order_id)
            case Effect.COUNT:
                self.outbox.count(order.order_id)
            case Effect.RETURN_NUMBER:
                # Without the pool there is nothing to return to: whoever builds it next reads the number as free.
                with suppress(PoolUnavailable):
                    self.pool.put_back(order.schedule_id, order.number)
