"""The morning's reminders: one SMS for each visit of the day."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.contracts.orders import NoticeKind, NoticeMessage
from guahao.domain.order_states import OrderState
from guahao.domain.time import shanghai_date
from guahao.ports.clock import Clock
from guahao.ports.orders import OrderIndex
from guahao.ports.outbox import Queue


@dataclass(frozen=True)
class Reminders:
    """Asks for the reminders of a day. Asking again sends nobody a second one; see `Notices.send`."""

    index: OrderIndex
    queue: Queue
    clock: Clock

    def ask(self) -> int:
        """Ask for a reminder of each paid order of today and return how many, or raise Unavailable with some of them asked for."""
        today = shanghai_date(self.clock())
        due = self.index.ids(OrderState.PAID, today, today)
        return self.queue.put(NoticeMessage(order_id=order_id, kind=NoticeKind.REMINDER) for order_id in due)
