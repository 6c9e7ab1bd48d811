"""The time zone of visits, releases and deadlines, and ages in whole years."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

# China has one time zone without daylight saving, so no time zone database is needed.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def spoken(moment: datetime) -> str:
    """Return the moment as people in China write it: 2026-03-02 09:00."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def shanghai_date(moment: datetime) -> date:
    """Return the date in Shanghai at that moment."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def age(birth_date: date, day: date) -> int:
    """Return the age on that day in whole years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
