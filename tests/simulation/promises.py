"""What holds of a simulated world beyond what its books show in the end: of each change, and of how its story went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.time import shanghai_date
from tests.simulation.world import World


def at_change(world: World, before: Order | None, after: Order) -> Iterator[str]:
    """Yield what is wrong about the change at the moment it is written."""
    cause = after.timeline[-1].cause
    if before is None:
        if _is_suspended(world, after.holder.person, shanghai_date(after.created_at)):
            yield f"{after.order_id} was placed while its person was banned"
    elif before.timeline == after.timeline:
        return
    elif cause is Cause.REFUNDED and not world.provider.has_refunded(after.refund_no):
        yield f"{after.order_id} was refunded before the provider had done so"
    elif cause is Cause.NO_SHOW and (world.today <= after.visit.date or after.record is None):
        yield f"{after.order_id} was noted as missed on {world.today}, of a visit on {after.visit.date}, its record being {after.record}"


def at_end(world: World) -> Iterator[str]:
    """Yield what must not have happened on the way."""
    yield from (f"an untrue notice was sent: {about}" for about in world.told.untrue)
    for order in world.orders.orders.values():
        if order.cancelled_for is Cause.HOSPITAL_REFUSED and order.order_id not in world.hospital.refused:
            yield f"{order.order_id} was cancelled as refused by a hospital that never did"
        paid_at = world.provider.paid_at(order.order_id)
        # Where calls fail, a provider that cannot be asked must not keep the number.
        if not world.rates.fail and paid_at and paid_at < order.hold_until and order.cancelled_for is Cause.HOLD_EXPIRED:
            yield f"{order.order_id} expired at {order.hold_until} and was paid at {paid_at}"


def _is_suspended(world: World, person: str, today: date) -> bool:
    """Tell whether the orders of the person, as they are now, have missed visits enough among them for any rung of the ladder."""
    orders = [order for order in world.orders.orders.values() if order.holder.person == person and order.state is OrderState.NO_SHOW]
    missed = [(order.visit.date, shanghai_date(order.changed_at)) for order in orders]
    for rung in world.policy.no_shows:
        for last, _ in missed:
            noted = [noted_on for day, noted_on in missed if timedelta() <= last - day < timedelta(days=rung.days)]
            if len(noted) >= rung.count and today < max(noted) + timedelta(days=rung.banned_days):
                return True
    return False
