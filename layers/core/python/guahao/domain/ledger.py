"""A patient's ledger: the bookings that count against the caps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from guahao.domain.booking import Order
from guahao.domain.errors import BookingCapReached, DuplicateBooking


@dataclass(frozen=True)
class BookingPolicy:
    """How many bookings one patient may have; `version` names the set of numbers that a refusal was decided by."""

    version: str = "2026-1"
    per_day: int = 2
    per_week: int = 3
    per_quarter: int = 5
    week_days: int = 7
    quarter_days: int = 92


@dataclass(frozen=True)
class Booked:
    order_id: str
    date: date
    hospital_code: str
    department_code: str


@dataclass(frozen=True)
class Ledger:
    """The bookings of one patient that still count, with the version that the next write must find (0: not stored yet)."""

    user_id: str
    patient_id: str
    bookings: tuple[Booked, ...] = ()
    version: int = 0

    def add(self, order: Order, policy: BookingPolicy, today: date) -> Ledger:
        """Return the ledger with the order in it, or raise DuplicateBooking or BookingCapReached."""
        place = (order.date, order.hospital_code, order.department_code)
        if any((b.date, b.hospital_code, b.department_code) == place for b in self.bookings):
            raise DuplicateBooking("The patient already has a number in this department on this day.", rule="onePerDayAndDepartment")
        for days, cap, rule in (
            (1, policy.per_day, "perDay"),
            (policy.week_days, policy.per_week, "perWeek"),
            (policy.quarter_days, policy.per_quarter, "perQuarter"),
        ):
            if self._fullest(order.date, days) >= cap:
                detail = f"A patient may have {cap} bookings in {days} day(s). Cancel one or choose a later day."
                raise BookingCapReached(detail, rule=f"{rule}@{policy.version}")
        oldest = today - timedelta(days=policy.quarter_days)
        kept = tuple(b for b in self.bookings if b.date > oldest)
        return replace(self, bookings=(*kept, Booked(order.order_id, *place)))

    def release(self, order_id: str) -> Ledger:
        """Return the ledger without the order."""
        return replace(self, bookings=tuple(b for b in self.bookings if b.order_id != order_id))

    def _fullest(self, day: date, days: int) -> int:
        """Return the most bookings in any stretch of so many days that holds the day."""
        dates = [b.date for b in self.bookings]
        starts = [day - timedelta(days=before) for before in range(days)]
        return max(sum(1 for d in dates if start <= d < start + timedelta(days=days)) for start in starts)
