"""Moves of orders: read, decide, write over what was read, and again if somebody was faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.unpaid import Tally
from guahao.domain.errors import DomainError, NotFound
from guahao.domain.versions import retry
from guahao.ports.booking.orders import Orders


def find(orders: Orders, order_id: str) -> Order:
    """Return the order or raise NotFound."""
    order = orders.get(order_id)
    if order is None:
        raise NotFound("There is no such order.")
    return order


def find_own(orders: Orders, user_id: str, order_id: str) -> Order:
    """Return the user's own order, or raise NotFound, also for another user's order."""
    order = find(orders, order_id)
    if order.user_id != user_id:
        raise NotFound("There is no such order.")
    return order


def change(orders: Orders, order_id: str, move: Callable[[Order], Order]) -> Order:
    """Apply the move to the order as it is now and return the result; a move that returns its argument writes nothing."""

    def write() -> Order:
        before = find(orders, order_id)
        after = move(before)
        if after is before:
            return before
        counts_otherwise = (before.cancelled_for, before.is_no_show) != (after.cancelled_for, after.is_no_show)
        ledger = orders.ledger(before.holder.person).follow(after) if counts_otherwise else None
        orders.move(before, after, ledger, _tally(orders, before, after))
        return after

    return retry(write, "This order")


def change_each(orders: Orders, order_ids: Iterable[str], move: Callable[[Order], Order]) -> None:
    """Apply the move to each of the orders, even if others fail, then raise the failures."""
    failures = []
    for order_id in order_ids:
        try:
            change(orders, order_id, move)
        except DomainError as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} orders of a schedule are not changed yet", failures)


def _tally(orders: Orders, before: Order, after: Order) -> Tally | None:
    """Return the account's tally after the end of the order's unpaid hold, or its new end; None if nothing changes there."""
    waits = OrderState.AWAITING_PAYMENT
    if before.state is not waits or (after.state is waits and after.hold_until == before.hold_until):
        return None
    tally = orders.tally(after.user_id)
    followed = tally.follow(after)
    return followed if followed is not tally else None
