"""What the use cases need in order to find orders by what they have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from guahao.domain.booking import Order
from guahao.domain.order_states import OrderState
from guahao.ports.booking import OrderPage


@dataclass(frozen=True)
class OrderSearch:
    """What an order must be like; an empty field asks for nothing. `first` and `last` are days of visits, both included.

    At most one of `order_id`, `phone_mark` (fingerprint of the user's or the patient's phone) and `name_prefix` (of the patient) is given.
    """

    order_id: str = ""
    phone_mark: str = ""
    name_prefix: str = ""
    hospital_code: str = ""
    state: OrderState | None = None
    first: date | None = None
    last: date | None = None


class OrderIndex(Protocol):
    """Orders found over an index, which lags behind them by seconds at most, and then read as last written."""

    def find(self, wanted: OrderSearch, limit: int, cursor: str | None) -> OrderPage:
        """Return a page of those that fit, the latest first."""
        ...

    def each(self, wanted: OrderSearch) -> Iterator[Order]:
        """Yield all that fit, likewise."""
        ...

    def count(self, wanted: OrderSearch) -> int:
        """Return how many `each` would yield at most."""
        ...

    def ids(self, state: OrderState, first: date, last: date) -> Iterator[str]:
        """Yield the ids of the orders in the state whose visit is between the days."""
        ...

    def unsettled(self, after: datetime, before: datetime) -> Iterator[Order]:
        """Yield the orders for which something is still due and that last changed between the moments."""
        ...

    def paid_on(self, day: date) -> Iterator[Order]:
        """Yield the orders whose money came on this day of Shanghai, whatever became of it."""
        ...
