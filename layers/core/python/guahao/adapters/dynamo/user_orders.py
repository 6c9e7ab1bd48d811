"""The pages of a user's own orders."""

from __future__ import annotations

import re
from itertools import islice

from guahao.adapters.dynamo.cursors import cursor_of, place_of
from guahao.adapters.dynamo.order_index_keys import PLACED, placed_key
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.booking.orders import Order
from guahao.domain.errors import wrong_cursor
from guahao.ports.booking.orders import OrderFilter
from guahao.ports.pages import Page

# How many orders are read at a time when some of them may not fit.
_SIFTED_AT_ONCE = 100


def page_of_user(user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[Order]:
    """Return a page of the user's orders, newest first; a cursor cannot lead to another user's orders."""
    older = OrderItem.placed < _place(cursor) if cursor else None
    # One more than asked tells whether there is a next page.
    page_size = limit + 1 if wanted == OrderFilter() else _SIFTED_AT_ONCE
    read = (item.to_domain() for item in OrderItem.by_user.query(user_id, older, scan_index_forward=False, page_size=page_size))
    found = list(islice(filter(wanted.fits, read), limit + 1))
    return Page(found[:limit], cursor_of(placed_key(found[limit - 1])) if len(found) > limit else None)


def _place(cursor: str) -> str:
    place = place_of(cursor)
    if not re.fullmatch(PLACED, place, re.ASCII):
        raise wrong_cursor()
    return place
