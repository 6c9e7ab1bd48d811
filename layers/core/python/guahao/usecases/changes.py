"""Moving an order on: read, decide, write over what was read, again if somebody was faster."""

from __future__ import annotations

from collections.abc import Callable

from guahao.domain.booking import Order
from guahao.domain.errors import NotFound, Unavailable
from guahao.ports.booking import LedgerMoved, OrderMoved, Orders

# Every lost round is somebody else's finished write on the same order or person, of which there are few.
ROUNDS = 10


def find(orders: Orders, order_id: str) -> Order:
    """Return the order or raise NotFound."""
    order = orders.get(order_id)
    if order is None:
        raise NotFound("There is no such order.")
    return order


def find_own(orders: Orders, user_id: str, order_id: str) -> Order:
    """Return the user's own order; somebody else's is NotFound like one that does not exist."""
    order = find(orders, order_id)
    if order.user_id != user_id:
        raise NotFound("There is no such order.")
    return order


def change(orders: Orders, order_id: str, move: Callable[[Order], Order]) -> Order:
    """Apply the move to the order as it is now and return the result; a move that returns its argument writes nothing."""
    for _ in range(ROUNDS):
        before = find(orders, order_id)
        after = move(before)
        if after is before:
            return before
        counts_otherwise = (before.cancelled_for, before.is_no_show) != (after.cancelled_for, after.is_no_show)
        ledger = orders.ledger(before.person).follow(after) if counts_otherwise else None
        try:
            orders.move(before, after, ledger)
        except (OrderMoved, LedgerMoved):
            continue
        return after
    raise Unavailable("This order is being changed by many at once. Send the same request again.")
