"""Statistics: each order is counted once, in its present state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from guahao.contracts.exports import StatisticsFilter
from guahao.domain.errors import no_such_hospital
from guahao.domain.statistics.statistics import HospitalDay, Mark, Report, by_hospital, period, report
from guahao.domain.time import shanghai_date
from guahao.domain.versions import retry
from guahao.ports.booking.orders import Orders
from guahao.ports.clock import Clock
from guahao.ports.statistics.statistics import Statistics
from guahao.usecases.booking.orders import find

if TYPE_CHECKING:
    from guahao.contracts.queries import BookingReportQuery


@dataclass(frozen=True)
class Counting:
    """Counts orders in the statistics."""

    orders: Orders
    statistics: Statistics

    def count(self, order_id: str) -> bool:
        """Count the order in its present state and no longer in the former one; return whether that changed anything.

        A repeated, late or reordered call changes nothing: the order's mark, written together with the counts, says in which state it
        is counted already.
        """

        def write() -> bool:
            order = find(self.orders, order_id)
            before = self.statistics.marks([order]).get(order_id)
            if before and before.tells(order):
                return False
            self.statistics.count(before, Mark.of(order))
            return True

        return retry(write, "The count of this order's day")


def _every(_: str) -> bool:
    """Know every hospital: the table of one that is not there is empty."""
    return True


@dataclass(frozen=True)
class BookingStatistics:
    """The statistics as administrators see them."""

    statistics: Statistics
    clock: Clock
    knows_hospital: Callable[[str], bool] = _every

    def report(self, query: BookingReportQuery) -> Report:
        """Return the figures of each day of one hospital, or of all if it is empty; without days, of the days around today.

        Raises NotFound if there is no such hospital; one that was removed has its figures still.
        """
        days = period(query.hospital_code, query.first, query.last, shanghai_date(self.clock()))
        counts = self.statistics.days(query.hospital_code, *days)
        first = next(counts, None)
        if first is None and query.hospital_code and not self.knows_hospital(query.hospital_code):
            raise no_such_hospital()
        return report(days, chain((first,), counts) if first else ())

    def by_hospital(self, wanted: StatisticsFilter) -> list[HospitalDay]:
        """Return the figures of each day and hospital; of all hospitals, only those that have counts."""
        hospital_code = wanted.hospital_code or ""
        days = period(hospital_code, wanted.first, wanted.last, shanghai_date(self.clock()))
        return by_hospital(days, hospital_code, self.statistics.days(hospital_code, *days))
