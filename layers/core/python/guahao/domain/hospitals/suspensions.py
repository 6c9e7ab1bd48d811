"""Suspensions: the offer of another schedule to the patients of a suspended one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from guahao.domain.booking.bookable import HalfDay, ScheduleState

if TYPE_CHECKING:  # reading an offer needs no catalogue
    from guahao.domain.catalog.schedules import Schedule


class Offer(NamedTuple):
    """The schedule that patients of a suspended one are pointed to, with the values for their SMS."""

    schedule_id: str
    date: date
    half_day: HalfDay
    title: str
    doctor_name: str


def offer_of(schedule: Schedule) -> Offer:
    """Return the offer of the schedule."""
    return Offer(schedule.schedule_id, schedule.date, schedule.half_day, schedule.title, schedule.doctor_name)


def alternatives(suspended: Schedule, schedules: Iterable[Schedule]) -> list[Schedule]:
    """Return the open ones of the schedules, the best first: of the same title, then the nearest in time, of two as near the later."""
    lost = _place(suspended)

    def order(schedule: Schedule) -> tuple[bool, int, bool, str]:
        place = _place(schedule)
        return schedule.title != suspended.title, abs(place - lost), place < lost, schedule.schedule_id

    return sorted((s for s in schedules if s.state is ScheduleState.OPEN), key=order)


def _place(schedule: Schedule) -> int:
    return 2 * schedule.date.toordinal() + (schedule.half_day is HalfDay.AFTERNOON)
