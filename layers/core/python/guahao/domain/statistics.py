"""Statistics: how many orders there are on each day of visits, by what has become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from guahao.domain.booking import Order
from guahao.domain.errors import Invalid
from guahao.domain.order_states import OrderState
from guahao.domain.periods import require_in_order

USUAL_DAYS = 30
"""So many days up to today, and as many after it, are shown to who names none: what is booked counts on the day of the visit."""
MOST_DAYS = 366
MOST_DAYS_OF_ALL = 92
"""Of all hospitals together: there is a count for each of them and each day."""


class Mark(NamedTuple):
    """As what an order is counted, and which version of it said so."""

    hospital_code: str
    day: date
    order_id: str
    state: OrderState
    version: int

    @classmethod
    def of(cls, order: Order) -> Mark:
        """Return what the order is to be counted as."""
        return cls(order.hospital_code, order.date, order.order_id, order.state, order.version)

    def tells(self, order: Order) -> bool:
        """Tell whether the order is counted as what it is, or was read before it became what it is counted as."""
        return self.state is order.state or self.version > order.version

    def true_of(self, order: Order | None) -> bool:
        """Tell whether the mark is right, its order being read after it: then the order is not the older of the two."""
        return bool(order and self.lies_with(order) and self.state is order.state and self.version <= order.version)

    def lies_with(self, order: Order) -> bool:
        """Tell whether the order counts on the day of the mark."""
        return (self.hospital_code, self.day) == (order.hospital_code, order.date)


class DayCounts(NamedTuple):
    """A hospital's orders of one day, and how often their counts were changed."""

    hospital_code: str
    day: date
    by_state: Counter[OrderState]
    version: int = 0


class Figures(NamedTuple):
    """What is told of orders: `booked` are those not cancelled, `paid` of these those that owe nothing, also if nobody came."""

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
    """The days in order, each one there, and their sums."""

    items: list[DayFigures]
    totals: Figures


class Period(NamedTuple):
    """Days, both included."""

    first: date
    last: date


def period(hospital_code: str, first: date | None, last: date | None, today: date, field: str = "from") -> Period:
    """Return the days asked for: usually those around today; raise Invalid for days in the wrong order or too many.

    Without a hospital, which means all of them, fewer may be asked for. `field` is what the first one is called in the request.
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
    """Return the figures of the days, zeros for those on which nothing is counted."""
    found: dict[date, Counter[OrderState]] = {}
    for counts in counted:
        found.setdefault(counts.day, Counter()).update(counts.by_state)
    totals: Counter[OrderState] = Counter()
    for by_state in found.values():
        totals.update(by_state)
    return Report([DayFigures(day, _figures(found.get(day, Counter()))) for day in _dates(days)], _figures(totals))


def by_hospital(days: Period, hospital_code: str, counted: Iterable[DayCounts]) -> list[HospitalDay]:
    """Return the figures of each day of the hospital, or, if it is empty, of each one that anything is counted for."""
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
