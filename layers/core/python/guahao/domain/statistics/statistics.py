"""Statistics: how many orders there are on each day of visits, by state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import Invalid
from guahao.domain.periods import require_in_order

USUAL_DAYS = 30
"""The default period is so many days before today and as many after it: a booking counts on the day of its visit."""
MOST_DAYS = 366
MOST_DAYS_OF_ALL = 92
"""The limit for all hospitals together: each of them has counts for each day."""


class Mark(NamedTuple):
    """How an order is counted, and the version of the order that says so."""

    hospital_code: str
    day: date
    order_id: str
    state: OrderState
    version: int

    @classmethod
    def of(cls, order: Order) -> Mark:
        """Return the mark that the order should have."""
        return cls(order.visit.hospital_code, order.visit.date, order.order_id, order.state, order.version)

    def tells(self, order: Order) -> bool:
        """Tell whether the mark has the order's state, or is newer than the order that was read."""
        return self.state is order.state or self.version > order.version

    def true_of(self, order: Order | None) -> bool:
        """Tell whether the mark is right; the order must have been read after the mark, so that it is not the older of the two."""
        return bool(order and self.lies_with(order) and self.state is order.state and self.version <= order.version)

    def lies_with(self, order: Order) -> bool:
        """Tell whether the order counts on the mark's day and for its hospital."""
        return (self.hospital_code, self.day) == (order.visit.hospital_code, order.visit.date)


class DayCounts(NamedTuple):
    """How many orders a hospital has on one day, by state; `version` counts the changes."""

    hospital_code: str
    day: date
    by_state: Counter[OrderState]
    version: int = 0


class Figures(NamedTuple):
    """Numbers of orders: `booked` are all but the cancelled, `paid` are the booked that owe nothing, no-shows included."""

    placed: int
    booked: int
    paid: int
    cancelled: int
    attended: int
    no_show: int


class DayFigures(NamedTuple):
    date: date
    figures: Figures


class HospitalDay(NamedTuple):
    date: date
    hospital_code: str
    figures: Figures


class Report(NamedTuple):
    """The figures of every day in order, and their sums."""

    items: list[DayFigures]
    totals: Figures


class Period(NamedTuple):
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def period(hospital_code: str, first: date | None, last: date | None, today: date, field: str = "from") -> Period:
    """Return the days asked for, by default those around today; raise Invalid if they are too many or in the wrong order.

    The limit is lower for all hospitals (`hospital_code` empty). `field` is the name of the first day in the request.
    """
    require_in_order(first, last, field)
    most = MOST_DAYS if hospital_code else MOST_DAYS_OF_ALL
    usual = timedelta(days=USUAL_DAYS)
    last = last or max(first or today, today) + usual
    first = first or min(last, today) - usual
    if (last - first).days >= most:
        detail = "Ask for fewer days." if hospital_code else "Ask for fewer days, or for those of one hospital."
        raise Invalid(detail, [{"field": field, "reason": f"at most {most} days with `to`"}])
    return Period(first, last)


def report(days: Period, counted: Iterable[DayCounts]) -> Report:
    """Return the figures of the days, zeros for days without counts."""
    found: dict[date, Counter[OrderState]] = {}
    for counts in counted:
        found.setdefault(counts.day, Counter()).update(counts.by_state)
    totals: Counter[OrderState] = Counter()
    for by_state in found.values():
        totals.update(by_state)
    return Report([DayFigures(day, _figures(found.get(day, Counter()))) for day in _dates(days)], _figures(totals))


def by_hospital(days: Period, hospital_code: str, counted: Iterable[DayCounts]) -> list[HospitalDay]:
    """Return the figures of each day of the hospital or, if it is empty, of each hospital that has counts."""
    found = {(counts.day, counts.hospital_code): _figures(counts.by_state) for counts in counted}
    codes = [hospital_code] if hospital_code else sorted({code for _, code in found})
    nothing = _figures(Counter())
    return [HospitalDay(day, code, found.get((day, code), nothing)) for day in _dates(days) for code in codes]


def _dates(days: Period) -> list[date]:
    return [days.first + timedelta(days=number) for number in range((days.last - days.first).days + 1)]


def _figures(by_state: Counter[OrderState]) -> Figures:
    placed, cancelled = by_state.total(), by_state[OrderState.CANCELLED]
    attended, no_show = by_state[OrderState.CHECKED_IN], by_state[OrderState.NO_SHOW]
    return Figures(
        placed=placed,
        booked=placed - cancelled,
        paid=by_state[OrderState.PAID] + attended + no_show,
        cancelled=cancelled,
        attended=attended,
        no_show=no_show,
    )
