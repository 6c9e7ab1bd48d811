"""What the use cases need in order to sell numbers: the store of record and the pool that makes it fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from guahao.domain.booking import Number, Order
from guahao.domain.ledger import Ledger
from guahao.domain.order_states import OrderState
from guahao.domain.sessions import BookableSession

if TYPE_CHECKING:  # most who move orders never read people
    from guahao.domain.accounts import User
    from guahao.domain.patients import Patient

ReadSessions = Callable[[Sequence[str]], Mapping[str, BookableSession]]
"""Read those of the sessions that the catalogue has, by schedule id."""

ReadNumbers = Callable[[str], list[Number]]
"""Read every number of a session, as written by the last finished booking."""


@dataclass(frozen=True)
class Booker:
    """Who books and for whom, as read in one request."""

    user: User | None
    patient: Patient | None


ReadBooker = Callable[[str, str], Booker]
"""Read a user and one of the user's patients, by their ids."""


class NumberTaken(Exception):
    """The number is not free in the store of record."""


class LedgerMoved(Exception):
    """The person's ledger was changed since it was read."""


class OrderExists(Exception):
    """An order with this id is there already."""


class OrderMoved(Exception):
    """The order was changed since it was read."""


@dataclass(frozen=True)
class OrderFilter:
    text: str = ""
    patient_id: str = ""
    state: OrderState | None = None


@dataclass(frozen=True)
class OrderPage:
    items: list[Order]
    next_cursor: str | None


class Orders(Protocol):
    """The store of record of orders, numbers and ledgers; every write is conditional on what it leaves."""

    def get(self, order_id: str) -> Order | None: ...

    def ledger(self, person: str) -> Ledger: ...

    def former_owners(self, order: Order) -> Sequence[str]:
        """Return the ids of the cancelled orders that last had this order's number, the latest first, perhaps this order's own."""
        ...

    def place(self, order: Order, ledger: Ledger) -> None:
        """Write number, order and ledger together, or raise OrderExists, NumberTaken or LedgerMoved (in this order of precedence)."""
        ...

    def move(self, before: Order, after: Order, ledger: Ledger | None = None) -> None:
        """Write the changed order over `before`, its number and a given ledger with it, or raise OrderMoved or LedgerMoved."""
        ...

    def of_user(self, user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> OrderPage:
        """Return the user's orders, newest first."""
        ...


class Outcome(StrEnum):
    TAKEN = "taken"
    MINE = "mine"  # this order took that number before
    SOLD_OUT = "soldOut"
    SHUT = "shut"  # outside the time or the state in which the session sells
    UNBUILT = "unbuilt"


@dataclass(frozen=True)
class Take:
    outcome: Outcome
    number: int = 0
    session: BookableSession | None = None


class NumberPool(Protocol):
    """The free numbers of open sessions, for speed alone: losing it, or finding it wrong, costs a retry and nothing else.

    Every method is one round trip and raises `PoolUnavailable` when it cannot be made.
    """

    def take(self, schedule_id: str, order_id: str, now: datetime) -> Take:
        """Take the lowest free number for the order and remember it as in flight for a minute."""
        ...

    def epochs(self, schedule_ids: Sequence[str]) -> list[int]:
        """Return how often each session's pool was forgotten: to be read before what `build` is given."""
        ...

    def build(self, session: BookableSession, numbers: Sequence[Number], epoch: int) -> None:
        """Fill the session's pool, unless somebody has, or it was forgotten since the epoch: what was read may then be out of date."""
        ...

    def forget(self, schedule_ids: Sequence[str]) -> None:
        """Drop the sessions' pools, because something about them has changed; the next to come reads all of it anew."""
        ...

    def confirm(self, schedule_id: str, number: int) -> None:
        """Let go of a number that has become held."""
        ...

    def give_back(self, schedule_id: str, number: int, order_id: str) -> None:
        """Return a number that this order took and was refused."""
        ...

    def discard(self, schedule_id: str, number: int, order_id: str) -> None:
        """Forget a number that proved not to be free."""
        ...

    def put_back(self, schedule_id: str, number: int) -> None:
        """Offer a number again that a cancellation freed."""
        ...

    def free_counts(self, schedule_ids: Sequence[str]) -> list[int | None]:
        """Return how many numbers each session has free, None where its pool is not built."""
        ...
