"""What holds of unpaid holds in a simulated world, write by write, whatever came at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.unpaid import unpaid_end
from tests.simulation.world import World


def passed_limits(world: World) -> Iterator[str]:
    """Yield the orders whose placing passed a limit of their account, and the tallies that do not fit their orders."""
    latest: dict[str, Order] = {}
    for order in world.orders.written:
        if order.order_id not in latest and order.state is OrderState.AWAITING_PAYMENT:
            yield from _passed(world, order, [other for other in latest.values() if other.user_id == order.user_id])
        latest[order.order_id] = order
    for user_id, tally in world.orders.tallies.items():
        for one in tally.entries:
            order = world.orders.orders[one.order_id]
            if (order.user_id, unpaid_end(order)) != (user_id, one.ended_at) or (
                one.ended_at is None and order.state is not OrderState.AWAITING_PAYMENT
            ):
                yield f"the tally of {user_id} has {one}, and {order.order_id} is {order.state}"


def _passed(world: World, order: Order, others: list[Order]) -> Iterator[str]:
    now, limits = order.created_at, world.policy.unpaid
    ended = [one for one in others if (end := unpaid_end(one)) and end > now - timedelta(hours=limits.hours)]
    of_schedule = [one for one in ended if one.visit.schedule_id == order.visit.schedule_id]
    if len(of_schedule) >= limits.ends_per_schedule or len(ended) >= limits.ends_per_account:
        yield f"{order.order_id} was placed after too many unpaid ends: {len(of_schedule)} in its schedule, {len(ended)} in all"
    held = [one for one in others if one.state is OrderState.AWAITING_PAYMENT and one.hold_until > now]
    persons = {one.holder.person for one in (*held, order)}
    if len(held) >= (limits.holds_of_persons if len(persons) > len(held) else limits.holds):
        yield f"{order.order_id} was placed beside {len(held)} unpaid holds of {len(persons)} persons"
