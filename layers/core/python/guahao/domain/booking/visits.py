"""What was booked, and for whom, as both were at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from guahao.domain.booking.bookable import HalfDay
from guahao.domain.texts import name_mark


@dataclass(frozen=True)
class Visit:
    """What was booked: one number of a doctor's schedule at a hospital, and its fee; `hospital_schedule_id` is the hospital's own id."""

    schedule_id: str
    hospital_schedule_id: str
    hospital_code: str
    hospital_name: str
    department_code: str
    department_name: str
    title: str
    doctor_name: str
    date: date
    half_day: HalfDay
    number: int
    fee_fen: int


@dataclass(frozen=True)
class Substitution:
    """Another doctor than the order had, since when, and what it had before.

    Until `settles_at` the hospital may take it back unheard: only then is the patient told, and does a lower fee pay the difference back.
    """

    at: datetime
    settles_at: datetime
    doctor_name: str
    title: str
    fee_fen: int
    quit_until: datetime


@dataclass(frozen=True)
class Holder:
    """For whom it was booked; `person` is the fingerprint of the certificate, under which the ledger is kept that the order counts in.

    A newborn's certificate is the guardian's: `certificate_of` says whose it is.
    """

    patient_id: str
    name: str
    person: str
    certificate_type: str
    sealed_certificate_number: str
    sealed_phone: str
    phone_mark: str
    masked_phone: str
    issuing_state: str = ""
    certificate_of: Literal["patient", "guardian"] = "patient"


def is_another(before: str, after: str) -> bool:
    """Tell whether the doctors are two: a name that is missing, or only written otherwise, is nobody else's."""
    return "" not in (before, after) and name_mark(before) != name_mark(after)
