"""The one time zone in which visits, releases and deadlines are meant, and ages, which are counted by calendar days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

# China keeps one time without daylight saving, so no time zone database has to be there.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def spoken(moment: datetime) -> str:
    """Return the moment as people in China write it: 2026-03-02 09:00."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def shanghai_date(moment: datetime) -> date:
    """Return the calendar day that it is in Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """Return the moment at which the day begins in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI)


def age(birth_date: date, day: date) -> int:
    """Return the whole years between birth and that day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
