"""Statistics made anew from the orders, while orders change and are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from guahao.domain.booking import Order
from guahao.domain.errors import Unavailable
from guahao.domain.statistics import DayCounts
from guahao.ports.orders import OrderIndex, OrderSearch
from guahao.ports.statistics import CountMoved, StatisticsBook
from guahao.usecases.statistics import Counting

AT_ONCE = 100
"""The marks of so many orders are read together."""

# Every lost round is an order of the same day that was counted meanwhile.
_ROUNDS = 50


class Correction(NamedTuple):
    """A day's counts as they were, and as its marks say."""

    before: DayCounts
    after: DayCounts


class Recount(NamedTuple):
    """How many orders there are, how many of them were not counted as what they are, and the days that then did not add up."""

    orders: int
    marked: int
    corrections: list[Correction]


@dataclass(frozen=True)
class Recounting:
    """Makes what is counted what the orders say."""

    index: OrderIndex
    statistics: StatisticsBook
    counting: Counting

    def run(self, hospital_code: str) -> Recount:
        """Count every order of the hospital, or of all if it is empty, as what it is, and make every day what its orders' marks add up to.

        An order that the index does not show, because it has just been placed or moved, is about to be counted by whoever counts changes.
        """
        orders = marked = 0
        days = set(self.statistics.counted(hospital_code))
        found = self.index.each(OrderSearch(hospital_code=hospital_code))
        while some := list(islice(found, AT_ONCE)):
            orders += len(some)
            marked += self._mark(some)
            days.update((order.hospital_code, order.date) for order in some)
        corrected = (self._correct(*day) for day in sorted(days))
        return Recount(orders, marked, [correction for correction in corrected if correction])

    def _mark(self, orders: list[Order]) -> int:
        """Have those counted that are not counted as what they are and return how many they were."""
        marks = self.statistics.marks(orders)
        wrong = [order for order in orders if order.order_id not in marks or not marks[order.order_id].tells(order)]
        return sum(self.counting.count(order.order_id) for order in wrong)

    def _correct(self, hospital_code: str, day: date) -> Correction | None:
        """Make the day's counts what its marks add up to and return what was wrong, if anything was.

        The counts' version is read before the marks, and every change of a mark changes it: the counts are written over that version
        alone, and so only if the marks were all of one moment.
        """
        for _ in range(_ROUNDS):
            before = self.statistics.day(hospital_code, day)
            by_state = Counter(mark.state for mark in self.statistics.marked(hospital_code, day))
            if by_state == before.by_state:
                return None
            try:
                self.statistics.correct(before, by_state)
            except CountMoved:
                continue
            return Correction(before, before._replace(by_state=by_state, version=before.version + 1))
        raise Unavailable(f"The orders of {hospital_code} on {day} change too fast. Run this again in a quieter hour.")
