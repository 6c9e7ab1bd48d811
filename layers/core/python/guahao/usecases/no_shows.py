"""Missed visits: asked about every night, noted one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from guahao.contracts.orders import OrderMessage
from guahao.domain.booking import Order
from guahao.domain.order_states import OrderState
from guahao.domain.time import shanghai_date
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.ports.orders import OrderIndex
from guahao.ports.outbox import Queue
from guahao.usecases.changes import change

# A visit that was not noted in the night after, because a run failed or the hospital was late to confirm, is asked about for so long.
DAYS_LOOKED_BACK = 30


@dataclass(frozen=True)
class MissedVisits:
    """Asks about visits that are over. Asking again notes none twice; see `Order.miss`."""

    index: OrderIndex
    queue: Queue
    clock: Clock

    def ask(self) -> int:
        """Ask about each order that still waits for its patient and return how many, or raise Unavailable with some of them asked about."""
        today = shanghai_date(self.clock())
        over = self.index.ids(OrderState.PAID, today - timedelta(days=DAYS_LOOKED_BACK), today - timedelta(days=1))
        return self.queue.put(OrderMessage(order_id=order_id) for order_id in over)


@dataclass(frozen=True)
class NoShows:
    """Notes who did not come, in the order and with the person."""

    orders: Orders
    clock: Clock

    def note(self, order_id: str) -> Order:
        """Note that the patient did not come, unless that is not so, or was noted before."""
        return change(self.orders, order_id, lambda order: order.miss(self.clock()))
