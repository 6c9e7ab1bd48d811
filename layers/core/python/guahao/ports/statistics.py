"""What the use cases need in order to count orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from guahao.domain.booking import Order
from guahao.domain.order_states import OrderState
from guahao.domain.statistics import DayCounts, Mark


class CountMoved(Exception):
    """The order's mark, or the day's counts, were changed since they were read."""


class Statistics(Protocol):
    def marks(self, orders: Sequence[Order]) -> Mapping[str, Mark]:
        """Return by its id as what each of the orders is counted, as last written; those that are not counted are missing."""
        ...

    def count(self, before: Mark | None, after: Mark) -> None:
        """Write an order's mark over the one that was read, and count the order so and no longer as before, in one; or raise CountMoved."""
        ...

    def days(self, hospital_code: str, first: date, last: date) -> Iterator[DayCounts]:
        """Yield what is counted on the days, both included, of the hospital, or of all of them if it is empty."""
        ...


class StatisticsBook(Statistics, Protocol):
    """The counts as who checks them needs them."""

    def day(self, hospital_code: str, day: date) -> DayCounts:
        """Return the day's counts as last written; every `count` on the day changes their version."""
        ...

    def marked(self, hospital_code: str, day: date) -> Iterator[Mark]:
        """Yield the marks of the day as last written."""
        ...

    def drop(self, before: Mark) -> None:
        """Delete the mark that was read, and count its order no longer, in one; or raise CountMoved."""
        ...

    def counted(self, hospital_code: str) -> Iterator[tuple[str, date]]:
        """Yield each hospital and day for which there are counts, of the hospital or of all, however long that takes."""
        ...

    def correct(self, before: DayCounts, by_state: Counter[OrderState]) -> None:
        """Write the day's counts over those that were read, or raise CountMoved."""
        ...
