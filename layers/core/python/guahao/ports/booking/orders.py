"""The store of record of orders, numbers and ledgers, as the use cases need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Number, Order
from guahao.domain.booking.unpaid import Tally
from guahao.domain.texts import folded
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
    """Who books, for whom, and what the account holds unpaid, as read in one request."""

    user: User | None
    patient: Patient | None
    tally: Tally = field(default_factory=Tally)


ReadBooker = Callable[[str, str], Booker]
"""Read a user, one of the user's patients, by their ids, and the user's tally."""


class NumberTaken(Exception):
    """The number is not free in the store of record."""


class OrderExists(Exception):
    """An order with this id exists already."""


@dataclass(frozen=True)
class OrderFilter:
    """What a user's order must be like; an empty field asks for nothing.

    `text` is part of the name of the hospital, the department or the doctor.
    """

    text: str = ""
    patient_id: str = ""
    state: OrderState | None = None

    def fits(self, order: Order) -> bool:
        """Tell whether the order is one that is asked for."""
        visit, text = order.visit, folded(self.text)
        return (
            any(text in folded(name) for name in (visit.hospital_name, visit.department_name, visit.doctor_name))
            and self.patient_id in ("", order.holder.patient_id)
            and self.state in (None, order.state)
        )


class Orders(Protocol):
    """The store of record of orders, numbers, ledgers and tallies; every write is conditional on what it leaves."""

    def get(self, order_id: str) -> Order | None: ...

    def ledger(self, person: str) -> Ledger: ...

    def tally(self, user_id: str) -> Tally: ...

    def former_owners(self, order: Order) -> Sequence[str]:
        """Return the ids of the cancelled orders that last had this order's number, the latest first; this order may be among them."""
        ...

    def place(self, order: Order, ledger: Ledger, tally: Tally | None = None) -> None:
        """Write number, order, ledger and a given tally together, or raise OrderExists, NumberTaken or VersionConflict.

        In this order of precedence.
        """
        ...

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        """Write the changed order over `before`, its number, a given ledger and a given tally with it, or raise VersionConflict."""
        ...

    def of_user(self, user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[Order]:
        """Return a page of the user's orders, newest first."""
        ...
