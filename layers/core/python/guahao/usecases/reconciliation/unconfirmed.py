"""Paid orders that their hospital does not confirm: cancelled when their time has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guahao.domain.booking.confirmation import ConfirmationPolicy
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order
from guahao.domain.catalog.booking_rule import half_day_ends_at
from guahao.domain.time import midnight
from guahao.ports.booking.orders import Orders
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.usecases.booking.orders import change, find


@dataclass(frozen=True)
class UnconfirmedOrders:
    """Ends the wait for hospitals that do not answer, and tells which orders wait long."""

    orders: Orders
    catalog: Catalog
    policy: ConfirmationPolicy
    clock: Clock

    def cancel_overdue(self, order: Order) -> bool:
        """Cancel the order if its hospital has not confirmed it in time, and return whether this was done now."""
        now = self.clock()
        if now < self._ends_at(order, now):
            return False
        after = change(self.orders, order.order_id, lambda current: current.cancel_unconfirmed(now))
        return after.cancelled_for is Cause.HOSPITAL_SILENT and after.timeline[-1].at == now

    def is_long(self, order: Order) -> bool:
        """Tell whether the order waits longer for its hospital than it should, also as it is now."""
        now = self.clock()
        return self.policy.is_long(order, now) and self.policy.is_long(find(self.orders, order.order_id), now)

    def _ends_at(self, order: Order, now: datetime) -> datetime:
        """Return when the wait ends; the catalogue is asked only if the half-day's end may come first."""
        usual = self.policy.ends_at(order, None)
        if now >= usual or now < self.policy.ends_at(order, midnight(order.visit.date)):
            return usual
        return self.policy.ends_at(order, self._half_day_ends_at(order))

    def _half_day_ends_at(self, order: Order) -> datetime | None:
        schedule = self.catalog.schedule(order.visit.schedule_id)
        hospital = self.catalog.hospital(order.visit.hospital_code)
        return half_day_ends_at(schedule, hospital.booking_rule) if schedule and hospital else None
