"""The bookable days of a department, with their states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from guahao.domain.catalog.booking_rule import BookingRule, closes_at, opens_at, sale_ends_at, shown_at, window
from guahao.domain.catalog.schedules import OfferedSchedule
from guahao.domain.errors import Invalid

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class DayState(StrEnum):
    OPEN = "open"
    FULL = "full"
    NONE = "none"
    NOT_RELEASED = "notReleased"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Day:
    """A bookable day of a department: what is free on it, and from when it may be booked."""

    date: date
    state: DayState
    schedules: int
    total: int
    free: int
    opens_at: datetime


def visit_date(text: str) -> date:
    """Return the day written as YYYY-MM-DD, or raise Invalid."""
    try:
        # The pattern comes first, because fromisoformat would also accept a week date or one without dashes.
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError as error:
        raise Invalid("This is not a day of the calendar.", [{"field": "date", "reason": "YYYY-MM-DD"}]) from error


def days_shown(rule: BookingRule, offers: Iterable[OfferedSchedule], now: datetime) -> list[Day]:
    """Return every day that is shown, in order, with what is free on it."""
    first, last = window(rule, now)
    of_day: dict[date, list[OfferedSchedule]] = {first + timedelta(days=n): [] for n in range((last - first).days + 1)}
    for offer in offers:
        if offer.date in of_day:
            of_day[offer.date].append(shown_at(now, rule, offer))
    return [_day(day, rule, found, now) for day, found in of_day.items()]


def _day(day: date, rule: BookingRule, offers: Sequence[OfferedSchedule], now: datetime) -> Day:
    free = sum(offer.free for offer in offers)
    total = sum(offer.total for offer in offers)
    return Day(day, _state(day, rule, offers, free, now), len(offers), total, free, opens_at(day, rule))


def _state(day: date, rule: BookingRule, offers: Sequence[OfferedSchedule], free: int, now: datetime) -> DayState:
    # The clock speaks first: before the release nobody can know whether schedules will still be added.
    if now < opens_at(day, rule):
        return DayState.NOT_RELEASED
    if now >= closes_at(day, rule):
        return DayState.STOPPED
    if not offers:
        return DayState.NONE
    if all(now >= sale_ends_at(offer, rule) for offer in offers):
        return DayState.STOPPED
    return DayState.OPEN if free else DayState.FULL
