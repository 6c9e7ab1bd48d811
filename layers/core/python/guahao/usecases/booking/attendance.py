"""Attendance: patients who came, as their hospital reports."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.booking.orders import Order
from guahao.domain.errors import NotFound
from guahao.ports.booking.orders import Orders
from guahao.ports.clock import Clock
from guahao.usecases.booking.orders import change, find


@dataclass(frozen=True)
class Attendance:
    """Records which patients came."""

    orders: Orders
    clock: Clock

    def check_in(self, hospital_code: str, order_id: str) -> Order:
        """Record that the patient of the hospital's own order came and return the order; repeating it changes nothing."""
        if find(self.orders, order_id).visit.hospital_code != hospital_code:
            raise NotFound("There is no such order.")
        return change(self.orders, order_id, lambda order: order.check_in(self.clock()))
