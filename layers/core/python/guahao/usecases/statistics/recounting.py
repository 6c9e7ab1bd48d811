"""Recount of the statistics from the orders, while orders change and are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.statistics.statistics import DayCounts, Mark
from guahao.domain.versions import VersionConflict, retry
from guahao.ports.booking.order_index import OrderIndex, OrderSearch
from guahao.ports.statistics.statistics import StatisticsBook
from guahao.usecases.statistics.statistics import Counting

AT_ONCE = 100
"""The number of orders whose marks are read together."""

# Each lost round is another order of the same day that was counted meanwhile.
_ROUNDS = 50


class Correction(NamedTuple):
    """The counts of a day before and after their correction."""

    before: DayCounts
    after: DayCounts


class Recount(NamedTuple):
    """How many orders there are, how many marks were wrong or missing, and which days had wrong counts."""

    orders: int
    marked: int
    corrections: list[Correction]


@dataclass(frozen=True)
class Recounting:
    """Counts all orders anew."""

    index: OrderIndex
    statistics: StatisticsBook
    counting: Counting

    def run(self, hospital_code: str) -> Recount:
        """Correct the marks of all orders, and each day's counts from its marks; of one hospital, or of all if it is empty.

        Earlier counts and marks are not trusted: orders may have been lost, or restored to an older state. An order that the index does not
        show yet has just been placed or moved, and is counted because of that change.
        """
        orders = marked = 0
        days = set(self.statistics.counted(hospital_code))
        found = self.index.each(OrderSearch(hospital_code=hospital_code))
        while some := list(islice(found, AT_ONCE)):
            orders += len(some)
            marked += self._mark(some)
            days.update((order.visit.hospital_code, order.visit.date) for order in some)
        corrections = []
        for day in sorted(days):
            mended, correction = self._correct(*day)
            marked += mended
            corrections += [correction] if correction else []
        return Recount(orders, marked, corrections)

    def _mark(self, orders: list[Order]) -> int:
        """Count those of the orders that have no mark and return how many they were."""
        marks = self.statistics.marks(orders)
        return sum(self.counting.count(order.order_id) for order in orders if order.order_id not in marks)

    def _correct(self, hospital_code: str, day: date) -> tuple[int, Correction | None]:
        """Correct the day's marks from the orders and its counts from the marks; return how many marks were wrong, and the correction.

        The version of the counts is read before the marks, and every change of a mark changes it. If it is still the same at the
        end, all marks were read from one state, and the counts are right or may be written.
        """
        mended = 0

        def correct() -> Correction | None:
            nonlocal mended
            before = self.statistics.day(hospital_code, day)
            by_state, wrong = self._add_up(hospital_code, day)
            mended += sum(self._mend(*each) for each in wrong)
            if wrong:
                raise VersionConflict
            if by_state != before.by_state:
                self.statistics.correct(before, by_state)
                return Correction(before, before._replace(by_state=by_state, version=before.version + 1))
            if self.statistics.day(hospital_code, day).version != before.version:
                raise VersionConflict
            return None

        correction = retry(correct, f"The day {day} of {hospital_code}", _ROUNDS)
        return mended, correction

    def _add_up(self, hospital_code: str, day: date) -> tuple[Counter[OrderState], list[tuple[Mark, Order | None]]]:
        """Return the day's marks added up by state, and the wrong marks, each with its order or None if the order is gone."""
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
        """Correct or drop the mark, unless it has changed; return whether that was done."""
        try:
            if order and mark.lies_with(order):
                self.statistics.count(mark, Mark.of(order))
            else:
                self.statistics.drop(mark)
        except VersionConflict:
            return False
        return True
