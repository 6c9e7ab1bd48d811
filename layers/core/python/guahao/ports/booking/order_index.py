"""The search of orders as the use cases need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.texts import folded
from guahao.ports.pages import Page


@dataclass(frozen=True)
class OrderSearch:
    """What an order must be like; an empty field fits every order. `first` and `last` are days of visits, both included.

    `unconfirmed`: only paid orders that their hospital has not confirmed. Of `order_id`, a phone and `name_prefix` (of the patient, folded)
    one is given at most. A phone is given as `phone_mark`, its fingerprint in the patients who have it, and as `user_id`, the account that
    it has or would have; either of the two suffices.
    """

    order_id: str = ""
    phone_mark: str = ""
    user_id: str = ""
    name_prefix: str = ""
    hospital_code: str = ""
    state: OrderState | None = None
    first: date | None = None
    last: date | None = None
    unconfirmed: bool = False

    @property
    def state_of_all(self) -> OrderState | None:
        """The state that every fitting order has, None if they may have any."""
        return OrderState.PAID if self.unconfirmed else self.state

    @property
    def by_phone(self) -> bool:
        return bool(self.phone_mark or self.user_id)

    def fits(self, order: Order) -> bool:
        """Tell whether the order fits the search."""
        return (
            self.order_id in ("", order.order_id)
            and (not self.by_phone or order.holder.phone_mark == self.phone_mark or order.user_id == self.user_id)
            and folded(order.holder.name).startswith(self.name_prefix)
            and self.hospital_code in ("", order.visit.hospital_code)
            and self.state in (None, order.state)
            and (self.first is None or self.first <= order.visit.date)
            and (self.last is None or order.visit.date <= self.last)
            and (order.is_unconfirmed or not self.unconfirmed)
        )


class OrderIndex(Protocol):
    """Finds orders over an index that lags by seconds at most, and reads them as last written."""

    def find(self, wanted: OrderSearch, limit: int, cursor: str | None) -> Page[Order]:
        """Return a page of fitting orders, the latest visit first; by phone the latest placed first; by name in the order of names.

        A page reads a limited number of orders, so it may have fewer than `limit`, even none, and still a cursor: go on until there is no
        cursor. Raises Invalid for a cursor of another search.
        """
        ...

    def each(self, wanted: OrderSearch) -> Iterator[Order]:
        """Yield all fitting orders, in the same order; without a phone or name, one that changes its state meanwhile may be missing."""
        ...

    def read(self, order_ids: Iterable[str]) -> Iterator[Order]:
        """Yield those of the orders that exist, as last written."""
        ...

    def count(self, wanted: OrderSearch, most: int) -> int:
        """Return how many orders `each` yields at most, but never more than `most`, and read no more."""
        ...

    def ids(self, state: OrderState, first: date, last: date) -> Iterator[tuple[str, str]]:
        """Yield the id and the origin id of each order in the state whose visit is between the days, both included."""
        ...

    def outstanding(self, after: datetime, before: datetime) -> Iterator[Order]:
        """Yield the outstanding orders whose last change is between the moments, the oldest change first."""
        ...

    def paid_on(self, day: date) -> Iterator[Order]:
        """Yield the orders whose payment arrived on this day of Shanghai, whatever happened to it since."""
        ...

    def refunded_on(self, day: date) -> Iterator[Order]:
        """Yield the orders whose last refund the provider finished on this day of Shanghai; there may be parts of earlier days."""
        ...
