"""The statistics as the use cases need them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.statistics.statistics import DayCounts, Mark


class Statistics(Protocol):
    def marks(self, orders: Sequence[Order]) -> Mapping[str, Mark]:
        """Return the mark of each order by its id, as last written; orders that are not counted are missing."""
        ...

    def count(self, before: Mark | None, after: Mark) -> None:
        """Write an order's new mark over `before` and change the counts to fit, all or nothing, or raise VersionConflict."""
        ...

    def days(self, hospital_code: str, first: date, last: date) -> Iterator[DayCounts]:
        """Yield the counts of the days, both ends included, of one hospital or of all if it is empty."""
        ...


class StatisticsBook(Statistics, Protocol):
    """The statistics as the recount needs them."""

    def day(self, hospital_code: str, day: date) -> DayCounts:
        """Return the day's counts as last written; every `count` on the day changes their version."""
        ...

    def marked(self, hospital_code: str, day: date) -> Iterator[Mark]:
        """Yield the marks of the day as last written."""
        ...

    def drop(self, before: Mark) -> None:
        """Delete the mark and take its order out of the counts, all or nothing, or raise VersionConflict."""
        ...

    def counted(self, hospital_code: str) -> Iterator[tuple[str, date]]:
        """Yield each hospital and day that has counts, of one hospital or of all if it is empty, however long that takes."""
        ...

    def correct(self, before: DayCounts, by_state: Counter[OrderState]) -> None:
        """Write the day's counts over `before`, or raise VersionConflict."""
        ...
