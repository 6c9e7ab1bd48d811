"""Attendance: patients who came, and those who did not, as their hospital reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guahao.domain.booking.orders import Order
from guahao.domain.errors import NotFound
from guahao.ports.booking.orders import Orders
from guahao.ports.clock import Clock
from guahao.usecases.booking.orders import change, find


@dataclass(frozen=True)
class Attendance:
    """Records which patients came, and which the hospital lists as not having come."""

    orders: Orders
    clock: Clock

    def check_in(self, hospital_code: str, order_id: str) -> Order:
        """Record that the patient of the hospital's own order came and return the order; repeating it changes nothing."""
        if find(self.orders, order_id).visit.hospital_code != hospital_code:
            raise NotFound("There is no such order.")
        return change(self.orders, order_id, lambda order: order.check_in(self.clock()))

    def list_no_shows(self, hospital_code: str, hospital_schedule_id: str, order_ids: Sequence[str]) -> list[Order]:
        """Record who of the hospital's own schedule did not come and return the orders; who came, or was not expected, stays so.

        Nothing is recorded if NotFound or OrderStateConflict is raised. Repeating the list changes nothing.
        """
        for order_id in order_ids:
            order = find(self.orders, order_id)
            if (order.visit.hospital_code, order.visit.hospital_schedule_id) != (hospital_code, hospital_schedule_id):
                raise NotFound("There is no such order.")
            order.require_visit_over(self.clock())
        return [change(self.orders, order_id, lambda current: current.mark_no_show(self.clock())) for order_id in order_ids]
