"""What holds of a simulated world beyond what its books show in the end: of each change, and of how its story went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import refunds_of
from guahao.domain.time import shanghai_date
from tests.simulation.invariants import PAID_FOR
from tests.simulation.substitutions import wrong_orders
from tests.simulation.unpaid import passed_limits
from tests.simulation.world import World


def at_change(world: World, before: Order | None, after: Order) -> Iterator[str]:
    """Yield what is wrong about the change at the moment it is written."""
    cause, schedule = after.timeline[-1].cause, world.schedule_of(after.visit.schedule_id)
    free = sum(1 for number in world.orders.numbers_of(schedule.schedule_id) if number.state is NumberState.FREE)
    if free > world.left_of(schedule):
        yield f"{free} numbers of {schedule.schedule_id} are free, more than its total of {schedule.total} leaves, after {cause}"
    if before is None:
        if _is_suspended(world, after.holder.person, shanghai_date(after.created_at)):
            yield f"{after.order_id} was placed while its person was banned"
    elif before.timeline == after.timeline:
        return
    elif cause is Cause.REFUNDED and not all(world.provider.has_refunded(refund.number) for refund in refunds_of(after)):
        yield f"{after.order_id} was refunded before the provider had done so"
    elif cause is Cause.NO_SHOW and (world.today <= after.visit.date or after.record is None):
        yield f"{after.order_id} was noted as missed on {world.today}, of a visit on {after.visit.date}, its record being {after.record}"
    elif cause is Cause.NO_SHOW:
        yield from _branded(world, after)
    elif cause is Cause.HOSPITAL_SILENT and (before.record or world.clock() < before.paid_since + timedelta(minutes=10)):
        yield f"{after.order_id} was cancelled as unconfirmed {world.clock() - before.paid_since} after payment, with {before.record}"


def at_end(world: World) -> Iterator[str]:
    """Yield what must not have happened on the way."""
    yield from (f"an untrue notice was sent: {about}" for about in world.told.untrue)
    yield from passed_limits(world)
    yield from wrong_orders(world)
    for order in world.orders.orders.values():
        if order.cancelled_for is Cause.HOSPITAL_REFUSED and order.order_id not in world.hospital.refused:
            yield f"{order.order_id} was cancelled as refused by a hospital that never did"
        paid_at = world.provider.paid_at(order.order_id)
        # Where calls fail, a provider that cannot be asked must not keep the number.
        if not world.rates.fail and paid_at and paid_at < order.hold_until and order.cancelled_for is Cause.HOLD_EXPIRED:
            yield f"{order.order_id} expired at {order.hold_until} and was paid at {paid_at}"


def _branded(world: World, missed: Order) -> Iterator[str]:
    """Yield a visit that was noted as missed although the hospital reported too few of its schedule; it lists nobody here."""
    others = [order for order in world.orders.orders.values() if order.visit.schedule_id == missed.visit.schedule_id]
    # Who came may have been cancelled with the schedule since.
    came = [order for order in others if any(step.cause is Cause.ATTENDED for step in order.timeline)]
    sold = [order for order in others if order.state in PAID_FOR]
    if len(came) * 100 < len(sold) * world.policy.no_show_attendance_percent:
        yield f"{missed.order_id} was noted as missed, {len(came)} of {len(sold)} patients of its schedule having come"


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
