"""A hospital's booking rule: from when and until when a day and a schedule may be booked, and until when cancelled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.schedules import OfferedSchedule, Schedule
from guahao.domain.time import SHANGHAI, shanghai_date

# The furthest ahead that a hospital may release its days.
LONGEST_CYCLE_DAYS = 90


@dataclass(frozen=True)
class BookingRule:
    """A hospital's times, all of Shanghai: how far ahead it opens, until when days are booked and given back, when half-days last."""

    cycle_days: int
    release_time: time
    stop_time: time
    quit_day_offset: int
    quit_time: time
    notes: tuple[str, ...] = ()
    morning_ends: time = time(12)
    afternoon_ends: time = time(17, 30)
    # So long before the end of its half-day a schedule is sold no more.
    sale_ends_minutes: int = 30
    morning_begins: time = time(8)
    afternoon_begins: time = time(13, 30)


def opens_at(day: date, rule: BookingRule) -> datetime:
    """Return the moment at which the day's numbers are released, `cycle_days` before the day."""
    return _moment(day - timedelta(days=rule.cycle_days), rule.release_time)


def closes_at(day: date, rule: BookingRule) -> datetime:
    """Return the moment at which booking for the day ends."""
    return _moment(day, rule.stop_time)


def half_day_begins_at(schedule: Schedule, rule: BookingRule) -> datetime:
    """Return the moment at which the schedule begins."""
    return _moment(schedule.date, rule.morning_begins if schedule.half_day is HalfDay.MORNING else rule.afternoon_begins)


def half_day_ends_at(schedule: Schedule, rule: BookingRule) -> datetime:
    """Return the moment at which the schedule is over."""
    usual = rule.morning_ends if schedule.half_day is HalfDay.MORNING else rule.afternoon_ends
    return schedule.ends_at or _moment(schedule.date, usual)


def sale_ends_at(schedule: Schedule, rule: BookingRule) -> datetime:
    """Return the moment at which booking of the schedule ends: before it is over, or at the hospital's stop time if that comes first."""
    lead = timedelta(minutes=rule.sale_ends_minutes)
    return min(half_day_ends_at(schedule, rule) - lead, closes_at(schedule.date, rule))


def shown_at(now: datetime, rule: BookingRule, offer: OfferedSchedule) -> OfferedSchedule:
    """Return the schedule as patients see it: one whose sale has ended takes no further bookings."""
    if now < sale_ends_at(offer, rule) or offer.state is not ScheduleState.OPEN:
        return offer
    return replace(offer, state=ScheduleState.CLOSED, free=0)


def quit_until(day: date, rule: BookingRule) -> datetime:
    """Return the moment before which a booking of the day may be cancelled."""
    return _moment(day + timedelta(days=rule.quit_day_offset), rule.quit_time)


def window(rule: BookingRule, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that are shown: today and the day that is released last."""
    today = shanghai_date(now)
    return today, today + timedelta(days=rule.cycle_days)


def days_on_sale(rule: BookingRule, now: datetime) -> tuple[date, date]:
    """Return the first and the last day whose numbers can be booked now; if the last lies before the first, there is no such day."""
    today, released_last = window(rule, now)
    first = today if now < closes_at(today, rule) else today + timedelta(days=1)
    last = released_last if now >= opens_at(released_last, rule) else released_last - timedelta(days=1)
    return first, last


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)
