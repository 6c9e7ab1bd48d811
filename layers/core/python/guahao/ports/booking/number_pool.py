"""The number pools as the use cases need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.orders import Number


class Outcome(StrEnum):
    TAKEN = "taken"
    MINE = "mine"  # this order has this number already
    SOLD_OUT = "soldOut"
    SHUT = "shut"  # the schedule does not sell now: wrong time or state
    UNBUILT = "unbuilt"


@dataclass(frozen=True)
class Take:
    outcome: Outcome
    number: int = 0
    schedule: BookableSchedule | None = None


class NumberPool(Protocol):
    """The free numbers of open schedules. They only make booking fast: a lost or wrong pool costs a retry and nothing else.

    Every method is one round trip and raises `PoolUnavailable` if the pools do not answer.
    """

    def take(self, schedule_id: str, order_id: str, now: datetime) -> Take:
        """Take the lowest free number for the order; the number is in flight for a minute."""
        ...

    def epochs(self, schedule_ids: Sequence[str]) -> list[int]:
        """Return how often each schedule's pool was invalidated; call this before reading what `build` gets."""
        ...

    def build(self, schedule: BookableSchedule, numbers: Sequence[Number], epoch: int) -> None:
        """Fill the schedule's pool, unless it is built or was invalidated since `epoch`: then what was read may be out of date."""
        ...

    def invalidate(self, schedule_ids: Sequence[str]) -> None:
        """Drop the pools, because something about the schedules changed; the next reader builds them anew."""
        ...

    def confirm(self, schedule_id: str, number: int) -> None:
        """Remove a number that an order holds now."""
        ...

    def give_back(self, schedule_id: str, number: int, order_id: str) -> None:
        """Offer a number again that this order took and could not get."""
        ...

    def discard(self, schedule_id: str, number: int, order_id: str) -> None:
        """Remove a number that this order took and that proved not to be free."""
        ...

    def put_back(self, schedule_id: str, number: int) -> None:
        """Offer a number again that a cancellation freed, unless it was withdrawn when the pool was built."""
        ...

    def free_counts(self, schedule_ids: Sequence[str], now: datetime) -> list[int | None]:
        """Return how many numbers each schedule has free, those overdue in flight among them, None where its pool is not built."""
        ...
