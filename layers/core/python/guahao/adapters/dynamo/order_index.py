"""Search of orders over the small indexes of their table; the orders found are then read whole, as last written."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple

from pynamodb.indexes import GlobalSecondaryIndex

from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.cursors import cursor_of, place_of
from guahao.adapters.dynamo.order_index_keys import PLACED, SHARDS, day_key, hospital_key, state_key
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import wrong_cursor
from guahao.ports.booking.order_index import OrderSearch
from guahao.ports.pages import Page

# As many orders as DynamoDB reads in one request.
_AT_ONCE = 100
# How many entries of an index are read: for one page, when many may not fit, and per request, when all are wanted.
READ_AT_MOST = 500
_BEFORE_ALL_DAYS, _BEHIND_ALL = "0", "\U0010ffff"
_PLACES = {"visit": r"\d{4}-\d\d-\d\d#\w+", "placed": PLACED, "name_key": f".+#{PLACED}"}


class _Route(NamedTuple):
    """Where a search reads: partitions of an index, merged by `key`, and the range of that key.

    `sifted`: entries in the range may not fit. `unknown_state`: the index may not have the state, or the hospital's record, so that orders
    must be read to know.
    """

    partitions: Sequence[tuple[GlobalSecondaryIndex[Any], str]]
    key: str
    first: str
    last: str
    sifted: bool = False
    unknown_state: bool = False

    def behind(self, place: str) -> _Route:
        """Return the part of the range after a place, or raise Invalid if the place cannot belong to this search."""
        if not re.fullmatch(_PLACES[self.key], place, re.ASCII) or (self.key == "name_key" and not self.first <= place <= self.last):
            raise wrong_cursor()
        # A range includes its ends, so the new range ends just before the place.
        return self._replace(last=min(self.last, place[:-1] + chr(ord(place[-1]) - 1) + _BEHIND_ALL))

    def entries(self, page_size: int) -> Iterator[Any]:
        """Yield the entries of the range from the last to the first, each order once, reading `page_size` of each partition at a time."""
        if self.last < self.first:
            return
        between = getattr(OrderItem, self.key).between(self.first, self.last)
        found = [index.query(value, between, scan_index_forward=False, page_size=page_size) for index, value in self.partitions]
        place = attrgetter(self.key)
        for _, same in groupby(heapq.merge(*found, key=place, reverse=True), key=place):
            yield next(same)


class DynamoOrderIndex:
    """The index of orders; see `ports.booking.order_index.OrderIndex` for what each method promises."""

    def __init__(self, orders_table: str) -> None:
        use_table(OrderItem, orders_table)

    def find(self, wanted: OrderSearch, limit: int, cursor: str | None) -> Page[Order]:
        if wanted.order_id:
            if cursor:
                raise wrong_cursor()
            return Page(list(self.each(wanted)), None)
        route = _route(wanted)
        if cursor:
            route = route.behind(place_of(cursor))
        most = _AT_ONCE if route.unknown_state else limit
        read_at_most = READ_AT_MOST if route.sifted else most
        places: dict[str, str] = {}
        last, more = "", False
        for read, entry in enumerate(route.entries(read_at_most + 1)):
            # One more entry is read to know whether there is a next page.
            if more := len(places) == most or read == read_at_most:
                break
            last = getattr(entry, route.key)
            if _may_fit(entry, wanted):
                places[entry.order_id] = last
        orders = [order for order in _whole(places) if wanted.fits(order)]
        if len(orders) > limit:
            last, more = places[orders[limit - 1].order_id], True
        return Page(orders[:limit], cursor_of(last) if more else None)

    def each(self, wanted: OrderSearch) -> Iterator[Order]:
        ids = [wanted.order_id] if wanted.order_id else self._fitting(wanted)
        return (order for order in _whole(ids) if wanted.fits(order))

    def read(self, order_ids: Iterable[str]) -> Iterator[Order]:
        return _whole(order_ids)

    def count(self, wanted: OrderSearch, most: int) -> int:
        return sum(1 for _ in islice(self.each(wanted) if wanted.order_id else self._fitting(wanted), most))

    def ids(self, state: OrderState, first: date, last: date) -> Iterator[tuple[str, str]]:
        wanted = OrderSearch(state=state, first=first, last=last)
        return ((entry.order_id, entry.origin_id or "") for entry in _route(wanted).entries(READ_AT_MOST))

    def outstanding(self, after: datetime, before: datetime) -> Iterator[Order]:
        between = OrderItem.changed_at.between(after, before)
        found = [OrderItem.outstanding_index.query(str(shard), between, page_size=READ_AT_MOST) for shard in range(SHARDS)]
        for order in _whole(entry.order_id for entry in heapq.merge(*found, key=attrgetter("changed_at"))):
            if order.outstanding and after <= order.changed_at <= before:
                yield order

    def paid_on(self, day: date) -> Iterator[Order]:
        return _of_day(OrderItem.paid_on, day)

    def refunded_on(self, day: date) -> Iterator[Order]:
        return _of_day(OrderItem.refunded_on, day)

    def _fitting(self, wanted: OrderSearch) -> Iterator[str]:
        return (entry.order_id for entry in _route(wanted).entries(READ_AT_MOST) if _may_fit(entry, wanted))


def _route(wanted: OrderSearch) -> _Route:
    """Return the narrowest part of an index that has every fitting order."""
    prefix, days = wanted.name_prefix, bool(wanted.first or wanted.last)
    state = wanted.state_of_all
    sifted, unknown_state = bool(wanted.hospital_code or state or days), state is not None
    if prefix:
        return _Route([(OrderItem.by_name, prefix[0])], "name_key", prefix, prefix + _BEHIND_ALL, sifted, unknown_state)
    if wanted.by_phone:
        both = [(OrderItem.by_phone, wanted.phone_mark), (OrderItem.by_user, wanted.user_id)]
        given = [(index, value) for index, value in both if value]
        return _Route(given, "placed", _BEFORE_ALL_DAYS, _BEHIND_ALL, sifted, unknown_state)
    first = wanted.first.isoformat() if wanted.first else _BEFORE_ALL_DAYS
    last = _end_of(wanted.last) if wanted.last else _BEHIND_ALL
    states = [state] if state else list(OrderState)
    sift = wanted.unconfirmed  # no index knows of records
    if wanted.hospital_code:
        own = [(OrderItem.by_hospital, hospital_key(wanted.hospital_code, state)) for state in states]
        return _Route(own, "visit", first, last, sift, sift)
    shards = [(OrderItem.by_state, state_key(state, shard)) for state in states for shard in range(SHARDS)]
    return _Route(shards, "visit", first, last, sift, sift)


def _may_fit(entry: Any, wanted: OrderSearch) -> bool:
    """Tell whether the order may fit, as far as its index entry says."""
    return (
        (not wanted.hospital_code or entry.hospital_code in (None, wanted.hospital_code))
        and (wanted.state is None or entry.state in (None, wanted.state.value))
        and (wanted.first is None or entry.visit >= wanted.first.isoformat())
        and (wanted.last is None or entry.visit <= _end_of(wanted.last))
    )


def _end_of(day: date) -> str:
    """Return a text that sorts after every visit of the day and before any later one."""
    return f"{day.isoformat()}#{_BEHIND_ALL}"


def _of_day(index: GlobalSecondaryIndex[Any], day: date) -> Iterator[Order]:
    """Yield the orders of the day from all its shards; an order never leaves its day and shard."""
    found = [index.query(day_key(day, shard), page_size=READ_AT_MOST) for shard in range(SHARDS)]
    return _whole(entry.order_id for entry in heapq.merge(*found, key=attrgetter("order_id")))


def _whole(order_ids: Iterable[str]) -> Iterator[Order]:
    """Yield those of the orders that exist, as last written, reading a hundred per request."""
    remaining = iter(order_ids)
    while ids := list(dict.fromkeys(islice(remaining, _AT_ONCE))):
        found = {item.order_id: item for item in OrderItem.batch_get(ids, consistent_read=True)}
        yield from (found[order_id].to_domain() for order_id in ids if order_id in found)
