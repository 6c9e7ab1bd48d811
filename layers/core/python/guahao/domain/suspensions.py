"""A session that will not be held, and what its patients are offered instead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from guahao.domain.sessions import HalfDay, ScheduleState
from guahao.domain.time import SHANGHAI

if TYPE_CHECKING:  # who only tells of an offer loads no catalogue
    from guahao.domain.catalog import Schedule

_NOON = 12


class Offer(NamedTuple):
    """The session that patients of a suspended one are pointed to, in the words of their SMS."""

    schedule_id: str
    date: date
    half_day: HalfDay
    title: str
    doctor_name: str


def offer_of(schedule: Schedule) -> Offer:
    """Return the offer of the session."""
    return Offer(schedule.schedule_id, schedule.date, schedule.half_day, schedule.title, schedule.doctor_name)


def alternatives(suspended: Schedule, sessions: Iterable[Schedule], now: datetime) -> list[Schedule]:
    """Return the open ones of the sessions, the best first: of the same title, then the nearest in time, of two as near the later."""
    local = now.astimezone(SHANGHAI)
    present = _half_days(local.date(), local.hour >= _NOON)
    lost = _place(suspended)

    def order(session: Schedule) -> tuple[bool, int, bool, str]:
        place = _place(session)
        return session.title != suspended.title, abs(place - lost), place < lost, session.schedule_id

    return sorted((s for s in sessions if s.state is ScheduleState.OPEN and _place(s) >= present), key=order)


def _place(schedule: Schedule) -> int:
    return _half_days(schedule.date, schedule.half_day is HalfDay.AFTERNOON)


def _half_days(day: date, afternoon: bool) -> int:
    return 2 * day.toordinal() + afternoon
