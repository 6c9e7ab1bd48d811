"""Patients who came, as their hospital tells."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.booking import Order
from guahao.domain.errors import NotFound
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.usecases.changes import change, find


@dataclass(frozen=True)
class Attendance:
    """Notes who took the number."""

    orders: Orders
    clock: Clock

    def attend(self, hospital_code: str, order_id: str) -> Order:
        """Note that the patient of the hospital's own order came; told again it stays as it is."""
        if find(self.orders, order_id).hospital_code != hospital_code:
            raise NotFound("There is no such order.")
        return change(self.orders, order_id, lambda order: order.attend(self.clock()))
