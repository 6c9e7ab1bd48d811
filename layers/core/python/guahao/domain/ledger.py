"""A person's ledger: who has registered them as a patient, and their bookings that count against the caps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from guahao.domain.errors import BookingCapReached, DuplicateBooking, DuplicateCertificate, PatientHasBookings
from guahao.domain.time import SHANGHAI

if TYPE_CHECKING:  # who registers patients loads no orders, and who moves orders no patients
    from guahao.domain.booking import Order
    from guahao.domain.patients import Patient


@dataclass(frozen=True)
class BookingPolicy:
    """How many bookings one person may have; `version` names the set of numbers that a refusal was decided by."""

    version: str = "2026-1"
    per_day: int = 2
    per_week: int = 3
    per_quarter: int = 5
    week_days: int = 7
    quarter_days: int = 92


@dataclass(frozen=True)
class Booked:
    order_id: str
    patient_id: str
    date: date
    hospital_code: str
    department_code: str


@dataclass(frozen=True)
class Ledger:
    """What counts for one person, in however many accounts; `version` is what the next write must find (0: not stored).

    A ledger that has lost its last patient and holds no booking is stored no more; a later one of the person repeats none of its versions.
    `person` is the fingerprint of the certificate, `patients` the person's patient id in each account that has registered them.
    """

    person: str
    patients: Mapping[str, str] = field(default_factory=dict)
    bookings: tuple[Booked, ...] = ()
    version: int = 0

    def knows(self, patient: Patient) -> bool:
        """Tell whether the patient is registered as this person, now."""
        return self.patients.get(patient.user_id) == patient.patient_id

    def register(self, patient: Patient) -> Ledger:
        """Return the ledger that knows the patient, or raise DuplicateCertificate if the account has this person already."""
        if patient.user_id in self.patients:
            raise DuplicateCertificate("A patient with this certificate is in your list already.", rule="certificateOnce")
        return replace(self, patients={**self.patients, patient.user_id: patient.patient_id})

    def leave(self, patient: Patient, today: date) -> Ledger:
        """Return the ledger that knows the patient no more, or raise PatientHasBookings while a visit is still to come."""
        visits = [b.date for b in self.bookings if b.patient_id == patient.patient_id and b.date >= today]
        if visits:
            over = datetime.combine(max(visits) + timedelta(days=1), time(), SHANGHAI)
            detail = "The patient has bookings for today or later. Cancel them, or come back when the visits are over."
            raise PatientHasBookings(detail, rule="noFutureBookings", retry_at=over)
        return replace(self, patients={user: patient_id for user, patient_id in self.patients.items() if user != patient.user_id})

    def add(self, order: Order, policy: BookingPolicy, today: date) -> Ledger:
        """Return the ledger with the order in it, or raise DuplicateBooking or BookingCapReached.

        A booking of another account that is in the way is refused like a full day: where the person goes is told to nobody there.
        """
        place = (order.date, order.hospital_code, order.department_code)
        there = {b.patient_id for b in self.bookings if (b.date, b.hospital_code, b.department_code) == place}
        if order.patient_id in there:
            raise DuplicateBooking("The patient already has a number in this department on this day.", rule="onePerDayAndDepartment")
        for days, cap, rule in (
            (1, policy.per_day, "perDay"),
            (policy.week_days, policy.per_week, "perWeek"),
            (policy.quarter_days, policy.per_quarter, "perQuarter"),
        ):
            if there or self._fullest(order.date, days) >= cap:
                detail = f"A patient may have {cap} bookings in {days} day(s). Cancel one or choose a later day."
                raise BookingCapReached(detail, rule=f"{rule}@{policy.version}")
        oldest = today - timedelta(days=policy.quarter_days)
        kept = tuple(b for b in self.bookings if b.date > oldest)
        return replace(self, bookings=(*kept, Booked(order.order_id, order.patient_id, *place)))

    def release(self, order_id: str) -> Ledger:
        """Return the ledger without the order."""
        return replace(self, bookings=tuple(b for b in self.bookings if b.order_id != order_id))

    def _fullest(self, day: date, days: int) -> int:
        """Return the most bookings in any stretch of so many days that holds the day."""
        dates = [b.date for b in self.bookings]
        starts = [day - timedelta(days=before) for before in range(days)]
        return max(sum(1 for d in dates if start <= d < start + timedelta(days=days)) for start in starts)
