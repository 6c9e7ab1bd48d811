"""What the use cases need in order to find orders by what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from guahao.domain.booking import Order
from guahao.domain.order_states import OrderState
from guahao.ports.booking import OrderPage


@dataclass(frozen=True)
class OrderSearch:
    """What an order must be like; an empty field asks for nothing. `first` and `last` are days of visits, both included.

    Of `order_id`, a phone and `name_prefix` (of the patient) one is given at most. A phone is given as `phone_mark`, its fingerprint in the
    patients who have it, and as `user_id`, the account that it has or would have; either of the two suffices.
    """

    order_id: str = ""
    phone_mark: str = ""
    user_id: str = ""
    name_prefix: str = ""
    hospital_code: str = ""
    state: OrderState | None = None
    first: date | None = None
    last: date | None = None

    @property
    def by_phone(self) -> bool:
        return bool(self.phone_mark or self.user_id)

    def fits(self, order: Order) -> bool:
        """Tell whether the order is one that is asked for."""
        return (
            self.order_id in ("", order.order_id)
            and (not self.by_phone or order.phone_mark == self.phone_mark or order.user_id == self.user_id)
            and order.patient_name.startswith(self.name_prefix)
            and self.hospital_code in ("", order.hospital_code)
            and self.state in (None, order.state)
            and (self.first is None or self.first <= order.date)
            and (self.last is None or order.date <= self.last)
        )


class OrderIndex(Protocol):
    """Orders found over an index, which lags behind them by seconds at most, and then read as last written."""

    def find(self, wanted: OrderSearch, limit: int, cursor: str | None) -> OrderPage:
        """Return a page of those that fit, the latest visit first; of a phone the latest placed first, of a name likewise, name by name.

        A page reads a bounded number of orders. A search that must leave out many may therefore hold fewer than `limit`, even none, and
        still have a cursor: whoever wants the rest goes on until there is none. Raises Invalid for a cursor that is not of this search.
        """
        ...

    def each(self, wanted: OrderSearch) -> Iterator[Order]:
        """Yield all that fit, in the same order; of no phone or name, one that changes its state meanwhile may be left out."""
        ...

    def read(self, order_ids: Iterable[str]) -> Iterator[Order]:
        """Yield those of the orders that are there, as last written."""
        ...

    def count(self, wanted: OrderSearch, most: int) -> int:
        """Return how many `each` would yield at most, or `most` if they are more: no more are read."""
        ...

    def ids(self, state: OrderState, first: date, last: date) -> Iterator[str]:
        """Yield the ids of the orders in the state whose visit is between the days."""
        ...

    def unsettled(self, after: datetime, before: datetime) -> Iterator[Order]:
        """Yield the orders for which something is still due and that last changed between the moments, those of long ago first."""
        ...

    def paid_on(self, day: date) -> Iterator[Order]:
        """Yield the orders whose money came on this day of Shanghai, whatever became of it."""
        ...

    def refunded_on(self, day: date) -> Iterator[Order]:
        """Yield the orders whose refund the provider had carried out on this day of Shanghai."""
        ...
