"""The pages of a user's own orders."""

from __future__ import annotations

import re

from pynamodb.expressions.condition import Condition

from guahao.adapters.dynamo.cursors import cursor_of, place_of, wrong_cursor
from guahao.adapters.dynamo.order_index_keys import PLACED
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.booking.orders import Order
from guahao.ports.booking.orders import OrderFilter
from guahao.ports.pages import Page

# How many orders are read at a time when some of them may not fit.
_SIFTED_AT_ONCE = 100


def page_of_user(user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[Order]:
    """Return a page of the user's orders, newest first; a cursor cannot lead to another user's orders."""
    older = OrderItem.placed < _place(cursor) if cursor else None
    matches = _matches(wanted)
    # One more is read to know whether there is a next page.
    page_size = limit + 1 if matches is None else _SIFTED_AT_ONCE
    found = list(OrderItem.by_user.query(user_id, older, matches, scan_index_forward=False, limit=limit + 1, page_size=page_size))
    orders = [item.to_domain() for item in found[:limit]]
    return Page(orders, cursor_of(found[limit - 1].placed) if len(found) > limit else None)


def _place(cursor: str) -> str:
    place = place_of(cursor)
    if not re.fullmatch(PLACED, place, re.ASCII):
        raise wrong_cursor()
    return place


def _matches(wanted: OrderFilter) -> Condition | None:
    condition: Condition | None = None
    if wanted.text:
        condition = (
            OrderItem.hospital_name.contains(wanted.text)
            | OrderItem.department_name.contains(wanted.text)
            | OrderItem.doctor_name.contains(wanted.text)
        )
    if wanted.patient_id:
        same = OrderItem.patient_id == wanted.patient_id
        condition = same if condition is None else condition & same
    if wanted.state:
        same = OrderItem.state == wanted.state.value
        condition = same if condition is None else condition & same
    return condition
