"""Reminders, one SMS for each visit: the evening before a morning, and on the day of an afternoon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

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

    def enqueue(self, days_ahead: int) -> int:
        """Ask for a reminder of each paid order of the day, or raise Unavailable with some of them asked for; return how many.

        The index does not know half-days: whose reminder is of another day is left out when it is sent.
        """
        day = shanghai_date(self.clock()) + timedelta(days=days_ahead)
        due = self.index.ids(OrderState.PAID, day, day)
        return self.outbox.send_all(Reminder(order_id=order_id, origin_id=origin_id) for order_id, origin_id in due)
