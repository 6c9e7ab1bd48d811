"""Statistics made anew from the orders, while orders change and are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from guahao.domain.booking import Order
from guahao.domain.errors import Unavailable
from guahao.domain.order_states import OrderState
from guahao.domain.statistics import DayCounts, Mark
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

        Whatever was counted before, also if orders were lost or became what they had been: a mark proves nothing here. An order that the
        index does not show, because it has just been placed or moved, is about to be counted by whoever counts changes.
        """
        orders = marked = 0
        days = set(self.statistics.counted(hospital_code))
        found = self.index.each(OrderSearch(hospital_code=hospital_code))
        while some := list(islice(found, AT_ONCE)):
            orders += len(some)
            marked += self._mark(some)
            days.update((order.hospital_code, order.date) for order in some)
        corrections = []
        for day in sorted(days):
            mended, correction = self._correct(*day)
            marked += mended
            corrections += [correction] if correction else []
        return Recount(orders, marked, corrections)

    def _mark(self, orders: list[Order]) -> int:
        """Have those counted that are not counted at all and return how many they were."""
        marks = self.statistics.marks(orders)
        return sum(self.counting.count(order.order_id) for order in orders if order.order_id not in marks)

    def _correct(self, hospital_code: str, day: date) -> tuple[int, Correction | None]:
        """Make the day's marks what the orders say, and its counts what the marks add up to; return how many and what was wrong.

        The counts' version is read before the marks, and every change of a mark changes it: the counts are right, or written anew, only
        while they have that version, and so only if the marks were all of one moment.
        """
        mended = 0
        for _ in range(_ROUNDS):
            before = self.statistics.day(hospital_code, day)
            by_state, wrong = self._add_up(hospital_code, day)
            mended += sum(self._mend(*each) for each in wrong)
            if wrong:
                continue
            if by_state == before.by_state:
                if self.statistics.day(hospital_code, day).version == before.version:
                    return mended, None
                continue
            try:
                self.statistics.correct(before, by_state)
            except CountMoved:
                continue
            return mended, Correction(before, before._replace(by_state=by_state, version=before.version + 1))
        raise Unavailable(f"The orders of {hospital_code} on {day} change too fast. Run this again in a quieter hour.")

    def _add_up(self, hospital_code: str, day: date) -> tuple[Counter[OrderState], list[tuple[Mark, Order | None]]]:
        """Return what the day's marks add up to, and those that are wrong with their orders, or None for one that is gone."""
        by_state: Counter[OrderState] = Counter()
        wrong: list[tuple[Mark, Order | None]] = []
        found = self.statistics.marked(hospital_code, day)
        while marks := list(islice(found, AT_ONCE)):
            by_state.update(mark.state for mark in marks)
            orders = {order.order_id: order for order in self.index.read(mark.order_id for mark in marks)}
            read = [(mark, orders.get(mark.order_id)) for mark in marks]
            wrong += [(mark, order) for mark, order in read if not mark.true_of(order)]
        return by_state, wrong

    def _mend(self, mark: Mark, order: Order | None) -> bool:
        """Write the mark that the order is due, or drop it, unless it has changed; return whether that was done."""
        try:
            if order and mark.lies_with(order):
                self.statistics.count(mark, Mark.of(order))
            else:
                self.statistics.drop(mark)
        except CountMoved:
            return False
        return True
