"""A person's ledger: the patients who are this person, the bookings that count against the caps, and the missed visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guahao.domain.booking.unpaid import UnpaidEnd, UnpaidPolicy, unpaid_end
from guahao.domain.errors import (
    BookingBanned,
    BookingCapReached,
    BookingNotBanned,
    DuplicateBooking,
    DuplicateCertificate,
    NameDiffers,
    PatientHasBookings,
)
from guahao.domain.texts import name_mark
from guahao.domain.time import midnight, shanghai_date, spoken

if TYPE_CHECKING:  # registering patients needs no orders, and moving orders no patients
    from guahao.domain.booking.orders import Order
    from guahao.domain.people.patients import Patient


# A missed visit is recorded within so many days or never, however late its message is.
NOTED_WITHIN_DAYS = 60


@dataclass(frozen=True)
class Rung:
    """`count` missed visits within `days` ban the person for `banned_days`, beginning on the day on which the last was recorded."""

    count: int
    days: int
    banned_days: int


@dataclass(frozen=True)
class BookingPolicy:
    """How many bookings one person may have, and which missed visits ban a person: any rung of the ladder `no_shows` does.

    `no_show_attendance_percent`: of so many of a schedule's orders the hospital must have reported attendance, or it proves no absence.
    A child may go by its guardian's certificate until it is `newborn_days` old. `version` names this set of numbers in refusals.
    """

    version: str = "2026-2"
    per_day: int = 2
    per_week: int = 3
    per_quarter: int = 5
    week_days: int = 7
    quarter_days: int = 92
    no_shows: tuple[Rung, ...] = (Rung(count=3, days=90, banned_days=90),)
    unpaid: UnpaidPolicy = field(default_factory=UnpaidPolicy)
    no_show_attendance_percent: int = 50
    newborn_days: int = 90

    @property
    def no_show_days(self) -> int:
        """The number of days after which a missed visit can no longer be part of a ban."""
        return NOTED_WITHIN_DAYS + max((rung.days for rung in self.no_shows), default=0)


@dataclass(frozen=True)
class Booked:
    order_id: str
    patient_id: str
    date: date
    hospital_code: str
    department_code: str


class NoShow(NamedTuple):
    """A missed visit: its day, and the day on which it was recorded; a pardoned one bans nobody."""

    order_id: str
    missed_on: date
    noted_on: date
    pardoned: bool = False


@dataclass(frozen=True)
class Ledger:
    """What counts for one person in all accounts; the next write must find `version` in the store (0: not stored).

    An empty ledger is stored no more; a later one of the person repeats none of its versions.
    `person` is the fingerprint of the certificate, `patients` the person's patient id in each account that has registered them, `proven_by`
    the account whose approved identity the certificate is. `verified_name` is the mark of that identity's name.
    """

    person: str
    patients: Mapping[str, str] = field(default_factory=dict)
    bookings: tuple[Booked, ...] = ()
    version: int = 0
    no_shows: tuple[NoShow, ...] = ()
    unpaid_ends: tuple[UnpaidEnd, ...] = ()
    proven_by: str = ""
    verified_name: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.patients or self.bookings or self.no_shows or self.unpaid_ends or self.proven_by or self.verified_name)

    def knows(self, patient: Patient) -> bool:
        """Tell whether the patient is registered as this person now."""
        return self.patients.get(patient.user_id) == patient.patient_id

    def register(self, patient: Patient) -> Ledger:
        """Return the ledger that knows the patient, or raise NameDiffers, or DuplicateCertificate if the account has the person already."""
        self.require_name(patient.name)
        if patient.user_id in self.patients:
            known = "guardian, birth date and name" if patient.is_newborn else "certificate"
            raise DuplicateCertificate(f"A patient with this {known} is in your list already.", rule="certificateOnce")
        return replace(self, patients={**self.patients, patient.user_id: patient.patient_id})

    def require_name(self, name: str) -> None:
        """Pass the name that an identity has proven, however it is written, or raise NameDiffers, which tells nothing of it."""
        if self.verified_name not in ("", name_mark(name)):
            raise NameDiffers("The name and the certificate number do not fit. Write both as on the certificate.", rule="verifiedName")

    def verified_as(self, name: str) -> Ledger:
        """Return the ledger as an approved identity leaves it; a later one moves the name."""
        return replace(self, verified_name=name_mark(name))

    def leave(self, patient: Patient, today: date) -> Ledger:
        """Return the ledger without the patient, or raise PatientHasBookings while a visit is still to come."""
        visits = [b.date for b in self.bookings if b.patient_id == patient.patient_id and b.date >= today]
        if visits:
            detail = "The patient has bookings for today or later. Cancel them, or come back when the visits are over."
            raise PatientHasBookings(detail, rule="noFutureBookings", retry_at=midnight(max(visits) + timedelta(days=1)))
        return replace(self, patients={user: patient_id for user, patient_id in self.patients.items() if user != patient.user_id})

    def add(self, order: Order, policy: BookingPolicy, today: date) -> Ledger:
        """Return the ledger with the order in it, or raise NameDiffers, BookingBanned, DuplicateBooking or BookingCapReached.

        If another account has booked the same place, the error is that of a full day, so that nobody learns where the person goes.
        """
        self.require_name(order.holder.name)
        if until := self.banned_until(policy, today):
            detail = f"This person has missed too many visits and may book again from {spoken(until)}."
            raise BookingBanned(detail, rule=f"noShows@{policy.version}", retry_at=until)
        place = (order.visit.date, order.visit.hospital_code, order.visit.department_code)
        there = {b.patient_id for b in self.bookings if (b.date, b.hospital_code, b.department_code) == place}
        if order.holder.patient_id in there:
            detail = "The patient already has a number in this department on this day. Cancel it first, or choose another day."
            raise DuplicateBooking(detail, rule="onePerDayAndDepartment")
        for days, cap, rule in (
            (1, policy.per_day, "perDay"),
            (policy.week_days, policy.per_week, "perWeek"),
            (policy.quarter_days, policy.per_quarter, "perQuarter"),
        ):
            if there or self._fullest(order.visit.date, days) >= cap:
                detail = f"A patient may have {cap} bookings in {days} day(s). Cancel one or choose a later day."
                raise BookingCapReached(detail, rule=f"{rule}@{policy.version}")
        oldest = today - timedelta(days=max(policy.week_days, policy.quarter_days))
        oldest_missed = today - timedelta(days=policy.no_show_days)
        kept = tuple(b for b in self.bookings if b.date > oldest)
        no_shows = tuple(missed for missed in self.no_shows if missed.missed_on > oldest_missed)
        ends = tuple(end for end in self.unpaid_ends if end.at > policy.unpaid.begins(order.created_at))
        bookings = (*kept, Booked(order.order_id, order.holder.patient_id, *place))
        return replace(self, bookings=bookings, no_shows=no_shows, unpaid_ends=ends)

    def follow(self, order: Order) -> Ledger:
        """Return the ledger as the order, which is in it, now has it: a booking until it is cancelled, a missed visit, an unpaid end."""
        bookings = self.bookings if order.cancelled_for is None else tuple(b for b in self.bookings if b.order_id != order.order_id)
        missed = {no_show.order_id: no_show for no_show in self.no_shows}
        if order.is_no_show:
            missed.setdefault(order.order_id, NoShow(order.order_id, order.visit.date, shanghai_date(order.changed_at)))
        else:
            missed.pop(order.order_id, None)
        ends = tuple(end for end in self.unpaid_ends if end.order_id != order.order_id)
        if ended_at := unpaid_end(order):
            ends = (*ends, UnpaidEnd(order.order_id, order.user_id, ended_at))
        return replace(self, bookings=bookings, no_shows=tuple(missed.values()), unpaid_ends=ends)

    def prove(self, user_id: str) -> Ledger:
        """Return the ledger of the person that the account's user has proven to be."""
        return replace(self, proven_by=user_id)

    def unpaid_ends_counted_in(self, user_id: str) -> list[datetime]:
        """Return the moments of the person's unpaid ends that count in the account: who is the person is shut out by no stranger."""
        return [end.at for end in self.unpaid_ends if self.proven_by != user_id or end.user_id == user_id]

    def banned_until(self, policy: BookingPolicy, today: date) -> datetime | None:
        """Return the moment from which the person may book again, None if there is no ban."""
        counting = [no_show for no_show in self.no_shows if not no_show.pardoned]
        end = today
        for rung in policy.no_shows:
            for last in counting:
                first = last.missed_on - timedelta(days=rung.days - 1)
                noted = [no_show.noted_on for no_show in counting if first <= no_show.missed_on <= last.missed_on]
                if len(noted) >= rung.count:
                    end = max(end, max(noted) + timedelta(days=rung.banned_days))
        return midnight(end) if end > today else None

    def pardon(self, policy: BookingPolicy, today: date) -> Ledger:
        """Return the ledger with all missed visits pardoned, or raise BookingNotBanned if the person is not banned."""
        if not self.banned_until(policy, today):
            raise BookingNotBanned("This person is not banned. Open the user again.", rule="bookingBanned")
        return replace(self, no_shows=tuple(no_show._replace(pardoned=True) for no_show in self.no_shows))

    def _fullest(self, day: date, days: int) -> int:
        """Return the highest number of bookings in any `days` days in a row that include the day."""
        dates = [b.date for b in self.bookings]
        starts = [day - timedelta(days=before) for before in range(days)]
        return max(sum(1 for d in dates if start <= d < start + timedelta(days=days)) for start in starts)
