"""Schedules: a doctor's half-days, each with a fee and a number of places."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from guahao.domain.booking.bookable import HalfDay, ScheduleState


@dataclass(frozen=True)
class Schedule:
    """One schedule of a doctor or title; `schedule_id` is made from the hospital's code and its own id of the schedule.

    Out of step is one whose numbers may be, or become, other than its total and state say: a publication was at them and did not come to
    its end, or patients have more of them than the total that was published since.
    """

    schedule_id: str
    hospital_code: str
    hospital_schedule_id: str
    department_code: str
    date: date
    half_day: HalfDay
    title: str
    doctor_name: str
    skill: str
    fee_fen: int
    total: int
    state: ScheduleState
    in_step: bool = True
    ends_at: datetime | None = None  # where it is not its half-day's end: evening clinics


@dataclass(frozen=True)
class OfferedSchedule(Schedule):
    """A schedule with its bookable numbers; none if it is not open."""

    free: int = field(kw_only=True)


def schedule_id_of(hospital_code: str, hospital_schedule_id: str) -> str:
    """Return the id of the schedule, always the same for this pair: 26 lower-case characters."""
    digest = hashlib.sha256(f"{hospital_code}\0{hospital_schedule_id}".encode()).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def offered(schedule: Schedule, free: int) -> OfferedSchedule:
    """Return the schedule with its bookable numbers, given how many of its numbers are free."""
    return OfferedSchedule(**vars(schedule), free=free if schedule.state is ScheduleState.OPEN else 0)
