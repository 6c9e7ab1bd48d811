"""Reminders: one SMS for each visit of the day."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.contracts.messages import Reminder
from guahao.domain.booking.order_states import OrderState
from guahao.domain.time import shanghai_date
from guahao.ports.booking.order_index import OrderIndex
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox


@dataclass(frozen=True)
class Reminders:
    """Sends the reminder messages of a day. A repeated message sends no second SMS; see `Notices.send`."""

    index: OrderIndex
    outbox: Outbox
    clock: Clock

    def enqueue(self) -> int:
        """Send a reminder message for each paid order of today and return how many, or raise Unavailable with some of them sent."""
        today = shanghai_date(self.clock())
        due = self.index.ids(OrderState.PAID, today, today)
        return self.outbox.send_all(Reminder(order_id=order_id, origin_id=origin_id) for order_id, origin_id in due)
