"""The store of record of orders, numbers and ledgers, as the use cases need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Number, Order
from guahao.ports.pages import Page

if TYPE_CHECKING:  # most processes that move orders never read people
    from guahao.domain.people.accounts import User
    from guahao.domain.people.patients import Patient

ReadSchedules = Callable[[Sequence[str]], Mapping[str, BookableSchedule]]
"""Return those of the schedules that the catalogue has, by schedule id."""

ReadNumbers = Callable[[str], list[Number]]
"""Return every number of a schedule, as written by the last finished booking."""


@dataclass(frozen=True)
class Booker:
    """The user who books and the patient, as read in one request."""

    user: User | None
    patient: Patient | None


ReadBooker = Callable[[str, str], Booker]
"""Return a user and one of the user's patients, by their ids."""


class NumberTaken(Exception):
    """The number is not free in the store of record."""


class OrderExists(Exception):
    """An order with this id exists already."""


@dataclass(frozen=True)
class OrderFilter:
    text: str = ""
    patient_id: str = ""
    state: OrderState | None = None


class Orders(Protocol):
    """The store of record of orders, numbers and ledgers; every write is conditional on what it replaces."""

    def get(self, order_id: str) -> Order | None: ...

    def ledger(self, person: str) -> Ledger: ...

    def former_owners(self, order: Order) -> Sequence[str]:
        """Return the ids of the cancelled orders that last had this order's number, the latest first; this order may be among them."""
        ...

    def place(self, order: Order, ledger: Ledger) -> None:
        """Write number, order and ledger together, or raise OrderExists, NumberTaken or VersionConflict (the first that applies)."""
        ...

    def move(self, before: Order, after: Order, ledger: Ledger | None = None) -> None:
        """Write the order over `before`, with its number and a given ledger, or raise VersionConflict."""
        ...

    def of_user(self, user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[Order]:
        """Return a page of the user's orders, newest first."""
        ...
