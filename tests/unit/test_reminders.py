"""The morning's reminders are asked for those who come today, and whoever is asked for twice is reminded once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guahao.contracts.messages import NoticeKind, OrderNotice
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order, place
from guahao.domain.errors import Unavailable
from guahao.usecases.notices.reminders import Reminders
from tests.builders import AT_VISIT, NOW, VISIT, altered, patient, schedule
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.outbox import FakeOutbox

# Half past midnight in Shanghai, on the day of the visits.
EARLY = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)


class World:
    """Paid orders of the day, and one of each that nobody needs to be reminded of."""

    def __init__(self, due: int = 3) -> None:
        self.queue, self.due = FakeOutbox(), {f"due{n}" for n in range(due)}
        paid = {order_id: free_order(order_id) for order_id in self.due}
        others = [
            place(schedule(), 7, order_id="unpaid", patient=patient(), now=NOW, hold=timedelta(minutes=15)),
            free_order("cancelled").cancel(Cause.CANCELLED_BY_USER, NOW),
            free_order("came").check_in(AT_VISIT),
            altered(free_order("yesterday"), date=VISIT - timedelta(days=1)),
            altered(free_order("tomorrow"), date=VISIT + timedelta(days=1)),
        ]
        orders = FakeOrders()
        orders.orders.update(paid | {order.order_id: order for order in others})
        self.reminders = Reminders(FakeOrderIndex(orders), self.queue, FakeClock(EARLY))

    def asked_for(self) -> list[str]:
        """Return the orders of all messages, each of which asks for a reminder."""
        messages = [message for message in self.queue.messages if isinstance(message, OrderNotice)]
        assert {message.kind for message in messages} == {NoticeKind.REMINDER}
        return [message.order_id for message in messages]


def free_order(order_id: str) -> Order:
    """Return an order that needs no payment, of the day of the visits."""
    return place(schedule(fee_fen=0), 7, order_id=order_id, patient=patient(), now=NOW, hold=timedelta(minutes=15))


def test_each_paid_order_of_today_is_asked_for_and_counted() -> None:
    world = World()
    assert world.reminders.enqueue(0) == len(world.due)
    assert sorted(world.asked_for()) == sorted(world.due)


def test_a_run_that_broke_off_is_made_good_by_the_next() -> None:
    world = World()
    world.queue.room = 2
    with pytest.raises(Unavailable):
        world.reminders.enqueue(0)
    world.queue.room = None
    assert world.reminders.enqueue(0) == len(world.due)
    assert set(world.asked_for()) == world.due


def test_the_evening_asks_for_the_visits_of_the_next_day() -> None:
    world = World()
    assert world.reminders.enqueue(1) == 1
    assert world.asked_for() == ["tomorrow"]


def test_a_day_without_visits_asks_for_nothing() -> None:
    assert World(due=0).reminders.enqueue(0) == 0
