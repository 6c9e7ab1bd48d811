"""What the use cases need in order to compare pools with the numbers behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class PoolContent:
    """The numbers that a pool knows: free ones, those taken less than a minute ago, and those taken earlier, which it offers again."""

    free: frozenset[int]
    in_flight: frozenset[int]
    overdue: frozenset[int]


class Pools(Protocol):
    """All pools there are. Every method raises `PoolUnavailable` when it cannot ask."""

    def built(self) -> Iterator[str]:
        """Yield the sessions whose pools are built, from where the last walk was left."""
        ...

    def content(self, schedule_id: str, now: datetime) -> PoolContent: ...

    def offer(self, schedule_id: str, numbers: Collection[int]) -> list[int]:
        """Offer those of the numbers that the pool does not know, if it is built, and return them."""
        ...

    def withdraw(self, schedule_id: str, numbers: Collection[int], now: datetime) -> list[int]:
        """Offer the numbers no longer, but for those taken less than a minute ago, and return those that were offered."""
        ...
