"""Statistics: each order counted once, as what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guahao.domain.errors import Unavailable
from guahao.domain.statistics import HospitalDay, Mark, Report, by_hospital, period, report
from guahao.domain.time import shanghai_date
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.ports.statistics import CountMoved, Statistics
from guahao.usecases.changes import ROUNDS, find


@dataclass(frozen=True)
class Counting:
    """Counts orders."""

    orders: Orders
    statistics: Statistics

    def count(self, order_id: str) -> bool:
        """Count the order as what it is now and no longer as what it was before; return whether that changed anything.

        Again, late or out of turn it changes nothing: the order's mark says as what it is counted already, and is written together with
        the counts.
        """
        for _ in range(ROUNDS):
            order = find(self.orders, order_id)
            before = self.statistics.marks([order]).get(order_id)
            if before and before.tells(order):
                return False
            try:
                self.statistics.count(before, Mark.of(order))
            except CountMoved:
                continue
            return True
        raise Unavailable("This order's day is being counted by many at once.")


@dataclass(frozen=True)
class BookingStatistics:
    """What administrators see of it."""

    statistics: Statistics
    clock: Clock

    def report(self, hospital_code: str, first: date | None, last: date | None) -> Report:
        """Return the figures of each day of one hospital, or of all if it is empty, by default of the days around today."""
        days = period(hospital_code, first, last, shanghai_date(self.clock()))
        return report(days, self.statistics.days(hospital_code, *days))

    def by_hospital(self, hospital_code: str, first: date | None, last: date | None) -> list[HospitalDay]:
        """Return the same for each hospital by itself; of all, for those that anything is counted for."""
        days = period(hospital_code, first, last, shanghai_date(self.clock()))
        return by_hospital(days, hospital_code, self.statistics.days(hospital_code, *days))
