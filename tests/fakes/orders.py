"""The index of orders in memory, over the fake store, with the promises of its port; it never lags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import refunded_at
from guahao.domain.errors import Invalid
from guahao.domain.texts import folded
from guahao.domain.time import shanghai_date
from guahao.ports.booking.order_index import OrderSearch
from guahao.ports.pages import Page
from tests.fakes.booking import FakeOrders


@dataclass
class FakeOrderIndex:
    store: FakeOrders

    def find(self, wanted: OrderSearch, limit: int, cursor: str | None) -> Page[Order]:
        found = list(self.each(wanted))
        ids = [order.order_id for order in found]
        if cursor and cursor not in ids:
            raise Invalid("This cursor is not one of ours.", [{"field": "cursor", "reason": "take it from an earlier answer"}])
        rest = found[ids.index(cursor) + 1 :] if cursor else found
        return Page(rest[:limit], rest[limit - 1].order_id if len(rest) > limit else None)

    def each(self, wanted: OrderSearch) -> Iterator[Order]:
        def place(order: Order) -> tuple[str, str, str]:
            if wanted.name_prefix:
                return folded(order.holder.name), order.created_at.isoformat(), order.order_id
            moment = order.created_at if wanted.by_phone else order.visit.date
            return "", moment.isoformat(), order.order_id

        yield from sorted(filter(wanted.fits, self.store.orders.values()), key=place, reverse=True)

    def read(self, order_ids: Iterable[str]) -> Iterator[Order]:
        return (self.store.orders[order_id] for order_id in order_ids if order_id in self.store.orders)

    def count(self, wanted: OrderSearch, most: int) -> int:
        return sum(1 for _ in islice(self.each(wanted), most))

    def ids(self, state: OrderState, first: date, last: date) -> Iterator[tuple[str, str]]:
        return ((order.order_id, order.origin_id) for order in self.each(OrderSearch(state=state, first=first, last=last)))

    def outstanding(self, after: datetime, before: datetime) -> Iterator[Order]:
        due = [order for order in self.store.orders.values() if order.outstanding and after <= order.changed_at <= before]
        yield from sorted(due, key=lambda order: (order.changed_at, order.order_id))

    def paid_on(self, day: date) -> Iterator[Order]:
        paid = [order for order in self.store.orders.values() if order.payment.paid_at and shanghai_date(order.payment.paid_at) == day]
        yield from sorted(paid, key=lambda order: order.order_id)

    def refunded_on(self, day: date) -> Iterator[Order]:
        back = [order for order in self.store.orders.values() if (at := refunded_at(order)) and shanghai_date(at) == day]
        yield from sorted(back, key=lambda order: order.order_id)
