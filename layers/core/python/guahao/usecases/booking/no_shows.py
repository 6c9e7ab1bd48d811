"""Missed visits: checked every night, recorded one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from guahao.contracts.messages import NoShowCheck
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.no_shows import silence_is_proof
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.time import shanghai_date
from guahao.ports.booking.order_index import OrderIndex
from guahao.ports.booking.orders import Orders, ReadNumbers
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox
from guahao.usecases.booking.orders import change, find

# Visits are checked for so many days, because a run may fail, or the hospital may confirm the order late.
DAYS_LOOKED_BACK = 30


@dataclass(frozen=True)
class MissedVisits:
    """Sends a check for each visit that is over. A repeated check changes nothing; see `Order.mark_no_show`."""

    index: OrderIndex
    outbox: Outbox
    clock: Clock

    def enqueue(self) -> int:
        """Send a check for each past order whose patient has not come and return how many, or raise Unavailable with some of them sent."""
        today = shanghai_date(self.clock())
        over = self.index.ids(OrderState.PAID, today - timedelta(days=DAYS_LOOKED_BACK), today - timedelta(days=1))
        return self.outbox.send_all(NoShowCheck(order_id=order_id, origin_id=origin_id) for order_id, origin_id in over)


@dataclass(frozen=True)
class NoShows:
    """Records in orders and ledgers the missed visits that a hospital's silence proves."""

    orders: Orders
    index: OrderIndex
    read_numbers: ReadNumbers
    policy: BookingPolicy
    clock: Clock

    def mark_no_show(self, order_id: str) -> Order:
        """Record that the patient did not come and return the order; if that is recorded, not so or not proven, it stays as it is."""
        order = find(self.orders, order_id)
        # An order that stays as it is anyway is not worth the reading of its whole schedule.
        if order.mark_no_show(self.clock()) is order or not self._is_proof(order.visit.schedule_id):
            return order
        return change(self.orders, order_id, lambda current: current.mark_no_show(self.clock()))

    def _is_proof(self, schedule_id: str) -> bool:
        owners = [number.order_id for number in self.read_numbers(schedule_id) if number.order_id]
        return silence_is_proof((order.state for order in self.index.read(owners)), self.policy.no_show_attendance_percent)
