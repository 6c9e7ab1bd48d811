"""Statistics: each order is counted once, in its present state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guahao.contracts.exports import StatisticsFilter
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


@dataclass(frozen=True)
class BookingStatistics:
    """The statistics as administrators see them."""

    statistics: Statistics
    clock: Clock

    def report(self, query: BookingReportQuery) -> Report:
        """Return the figures of each day of one hospital, or of all if it is empty; without days, of the days around today."""
        days = period(query.hospital_code, query.first, query.last, shanghai_date(self.clock()))
        return report(days, self.statistics.days(query.hospital_code, *days))

    def by_hospital(self, wanted: StatisticsFilter) -> list[HospitalDay]:
        """Return the figures of each day and hospital; of all hospitals, only those that have counts."""
        hospital_code = wanted.hospital_code or ""
        days = period(hospital_code, wanted.first, wanted.last, shanghai_date(self.clock()))
        return by_hospital(days, hospital_code, self.statistics.days(hospital_code, *days))
