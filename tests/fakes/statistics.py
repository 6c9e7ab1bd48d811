"""Counts of orders in memory, with the promises of their port."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.statistics.statistics import DayCounts, Mark
from guahao.domain.versions import VersionConflict


class FakeStatistics:
    def __init__(self) -> None:
        self.marked_orders: dict[str, Mark] = {}
        self.counts: dict[tuple[str, date], DayCounts] = {}

    def marks(self, orders: Sequence[Order]) -> dict[str, Mark]:
        return {order.order_id: self.marked_orders[order.order_id] for order in orders if order.order_id in self.marked_orders}

    def count(self, before: Mark | None, after: Mark) -> None:
        self._require(after, before)
        self.marked_orders[after.order_id] = after
        self._add(after, Counter([after.state]), Counter([before.state] if before else []))

    def days(self, hospital_code: str, first: date, last: date) -> Iterator[DayCounts]:
        found = [counts for (code, day), counts in self.counts.items() if hospital_code in ("", code) and first <= day <= last]
        yield from sorted(found, key=lambda counts: (counts.day, counts.hospital_code))

    def day(self, hospital_code: str, day: date) -> DayCounts:
        return self.counts.get((hospital_code, day), DayCounts(hospital_code, day, Counter()))

    def marked(self, hospital_code: str, day: date) -> Iterator[Mark]:
        yield from [mark for mark in self.marked_orders.values() if (mark.hospital_code, mark.day) == (hospital_code, day)]

    def drop(self, before: Mark) -> None:
        self._require(before, before)
        del self.marked_orders[before.order_id]
        self._add(before, Counter(), Counter([before.state]))

    def counted(self, hospital_code: str) -> Iterator[tuple[str, date]]:
        yield from [place for place in self.counts if hospital_code in ("", place[0])]

    def correct(self, before: DayCounts, by_state: Counter[OrderState]) -> None:
        if self.day(before.hospital_code, before.day) != before:
            raise VersionConflict
        self._write(before, by_state)

    def _require(self, mark: Mark, read: Mark | None) -> None:
        if self.marked_orders.get(mark.order_id) != read:
            raise VersionConflict

    def _add(self, mark: Mark, more: Counter[OrderState], fewer: Counter[OrderState]) -> None:
        counts = self.day(mark.hospital_code, mark.day)
        by_state = Counter(counts.by_state)
        by_state.update(more)
        by_state.subtract(fewer)
        self._write(counts, by_state)

    def _write(self, before: DayCounts, by_state: Counter[OrderState]) -> None:
        self.counts[before.hospital_code, before.day] = before._replace(by_state=by_state, version=before.version + 1)
