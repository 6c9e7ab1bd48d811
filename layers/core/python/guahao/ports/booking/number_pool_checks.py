"""The number pools as their checks need them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class PoolContent:
    """The numbers in a pool: free, taken less than a minute ago, and taken earlier, which the pool offers again."""

    free: frozenset[int]
    in_flight: frozenset[int]
    overdue: frozenset[int]


class Pools(Protocol):
    """All pools that are built. Every method raises `PoolUnavailable` if the pools do not answer."""

    def built(self) -> Iterator[str]:
        """Yield the ids of the schedules whose pools are built, beginning where the last walk stopped."""
        ...

    def content(self, schedule_id: str, now: datetime) -> PoolContent: ...

    def offer(self, schedule_id: str, numbers: Collection[int]) -> list[int]:
        """Offer those of the numbers that the pool lacks, if it is built, and return them."""
        ...

    def withdraw(self, schedule_id: str, numbers: Collection[int], now: datetime) -> list[int]:
        """Remove the numbers from the pool, except those taken less than a minute ago, and return those that were removed."""
        ...
