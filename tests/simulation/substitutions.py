"""Hospitals that publish their schedules anew, with other totals and other doctors, and what then holds of the orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from guahao.contracts.messages import NoticeKind
from guahao.contracts.partner import ScheduleEntry
from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import is_unheard
from guahao.domain.notices.wording import Text
from guahao.domain.time import SHANGHAI

if TYPE_CHECKING:  # the world uses what stands here
    from tests.simulation.world import World

DOCTORS = ("林一", "林二", "林三七", "")
FEES = (0, 1000, 3000, 5000, 7000)


def publish(world: World, schedule_id: str) -> None:
    """Publish the schedule as its hospital will have it."""
    schedule = world.schedule_of(schedule_id)
    if schedule.date < world.today or schedule.state is ScheduleState.SUSPENDED:
        return
    told = {name: value for name, value in vars(schedule).items() if name in ScheduleEntry.model_fields}
    wanted = {"half_day": schedule.half_day.value, "state": "open", "total": world.totals.get(schedule_id, schedule.total)}
    wanted |= world.doctors.get(schedule_id, {})
    world.service.publish_schedules(schedule.hospital_code, [ScheduleEntry(**told | wanted)])


def is_as_told(order: Order, text: Text) -> bool:
    """Tell whether doctor and deadline of an SMS, if it has them, are those of the order."""
    own = {"doctor": order.visit.doctor_name, "quitUntil": f"{order.quit_until.astimezone(SHANGHAI):%H:%M}"}
    return all(text.values.get(name, value).endswith(value) for name, value in own.items())


def wrong_orders(world: World) -> Iterator[str]:
    """Yield what is wrong about orders whose doctor changed, or should have."""
    for order in world.orders.orders.values():
        schedule = world.schedule_of(order.visit.schedule_id)
        stands = order.state is not OrderState.CANCELLED and schedule.state is not ScheduleState.SUSPENDED
        # A schedule that names nobody leaves its orders as they are.
        if stands and schedule.doctor_name and order.visit.doctor_name != schedule.doctor_name:
            yield f"{order.order_id} names {order.visit.doctor_name}, its schedule {schedule.doctor_name}"
        if order.visit.fee_fen > order.booked_fen:
            yield f"{order.order_id} was booked for {order.booked_fen} fen and costs {order.visit.fee_fen}"
        yield from _untold(world, order)


def _untold(world: World, order: Order) -> Iterator[str]:
    """Each substitution that nobody took back is told once; who claimed an SMS and died may have lost it."""
    kind = NoticeKind.SUBSTITUTED.value
    claimed = {subject for subject, of in world.claims.claimed if of == kind and subject.startswith(f"{order.order_id}/")}
    sent, lost = world.told.sent[order.order_id, kind], world.told.lost[order.order_id, kind]
    heard = {f"{one.order_id}/{last.at.isoformat()}" for one in world.orders.written for last in one.substitutions[-1:]}
    if not claimed <= heard or not len(claimed) - lost <= sent <= len(claimed):
        yield f"{order.order_id} was told {sent} times of {sorted(claimed)}, {lost} were lost"
    is_to_come = order.visit.date > world.today and order.state is not OrderState.CANCELLED
    due = is_to_come and order.substitutions and not is_unheard(order, world.clock())
    if due and f"{order.order_id}/{order.substitutions[-1].at.isoformat()}" not in claimed:
        yield f"nobody was told of the substitute of {order.order_id}"
