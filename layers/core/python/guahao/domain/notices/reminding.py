"""On which day a visit is reminded of."""

from __future__ import annotations

from datetime import date, timedelta

from guahao.domain.booking.bookable import HalfDay
from guahao.domain.booking.visits import Visit

_DAYS_BEFORE = {HalfDay.MORNING: 1, HalfDay.AFTERNOON: 0}


def reminded_on(visit: Visit) -> date:
    """Return the day of the visit's reminder: on the morning itself it would come when people are on their way."""
    return visit.date - timedelta(days=_DAYS_BEFORE[visit.half_day])
