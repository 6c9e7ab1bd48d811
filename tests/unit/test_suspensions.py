"""Suspended schedules: everyone who booked is cancelled, refunded and told once, whatever dies on the way."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.errors import Unavailable
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.hospitals.suspensions import offer_of
from guahao.domain.payment.payment import PaymentState
from guahao.domain.time import SHANGHAI
from guahao.ports.booking.orders import NumberTaken
from tests.builders import NOW, VISIT
from tests.killing import Killer, deaths
from tests.suspending import CODE, LOST, OTHER, World, schedule

SENT_AWAY = ["o1", "o2", "o3", "o4", "o5", "o6"]
PAID = ["o3", "o4", "o5", "o6"]


def suspended_world() -> World:
    world = World()
    world.book_in_every_state()
    world.suspend()
    return world


def order_of(world: World, order_id: str) -> Order:
    return world.orders.orders[order_id]


def test_everyone_who_booked_is_cancelled_refunded_and_told_once() -> None:
    world = suspended_world()
    for _ in range(2):
        world.clear()
        world.follow()
    for order_id in SENT_AWAY:
        assert (order_of(world, order_id).state, order_of(world, order_id).cancelled_for) == (
            OrderState.CANCELLED,
            Cause.SCHEDULE_SUSPENDED,
        )
        assert world.hospital.orders[order_id].knows is HospitalKnows.CANCELLED
    assert {order_id: world.provider.refunded_fen(order_id) for order_id in PAID} == dict.fromkeys(PAID, 5000)
    assert sorted(phone for phone, _ in world.sms.sent) == [f"138000000{n:02}" for n in range(1, 7)]
    assert all("03月06日下午主任医师林九" in text for _, text in world.sms.sent)
    assert world.orders.ledger("mark-p1").bookings == ()


def test_who_had_cancelled_stays_as_it_was() -> None:
    world = suspended_world()
    before = order_of(world, "o7")
    world.clear()
    world.follow()
    assert order_of(world, "o7") == before


def test_no_number_of_the_schedule_is_ever_sold_again() -> None:
    world = suspended_world()
    world.clear()
    world.follow()
    assert world.states() == {NumberState.CLOSED}
    with pytest.raises(NumberTaken):
        world.book(8)


def test_a_payment_that_was_open_can_be_paid_no_more() -> None:
    world = suspended_world()
    world.clear()
    world.follow()
    assert order_of(world, "o2").payment.state is PaymentState.CLOSED
    with pytest.raises(ValueError, match="cannot be paid"):
        world.provider.pay("o2")


def test_money_that_is_on_its_way_meanwhile_goes_back() -> None:
    world = suspended_world()
    world.provider.pay("o2")
    world.clear()
    world.follow()
    assert (order_of(world, "o2").payment.state, world.provider.refunded_fen("o2")) == (PaymentState.REFUNDED, 5000)


def test_killed_anywhere_it_ends_as_if_it_had_not_been() -> None:
    undisturbed = suspended_world()
    undisturbed.clear()
    undisturbed.follow()
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = suspended_world()
        world.suspended(killer).cancel_orders(LOST.schedule_id)

    for _ in deaths(run):
        # What was changed before the death is followed before the next run, and again after it.
        world.follow()
        world.clear()
        world.follow()
        assert world.outcome() == undisturbed.outcome()


def test_an_order_that_cannot_be_cancelled_now_keeps_nobody_else_waiting() -> None:
    world, stuck = suspended_world(), True
    move = world.orders.move

    def move_unless_stuck(before: Order, after: Order, ledger: Ledger | None = None, _: object = None) -> None:
        if stuck and before.order_id == "o1":
            raise Unavailable("stuck")
        move(before, after, ledger)

    world.orders.move = move_unless_stuck  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        world.clear()
    assert {order_of(world, order_id).state for order_id in SENT_AWAY[1:]} == {OrderState.CANCELLED}
    stuck = False
    world.clear()
    assert order_of(world, "o1").state is OrderState.CANCELLED


def test_a_booking_that_is_faster_than_the_withdrawal_is_cancelled_with_the_others() -> None:
    world = World()
    world.suspend()
    fit = world.orders.numbers.fit

    def fit_after_a_booking(schedule_id: str, total: int) -> bool:
        world.book(1)
        return fit(schedule_id, total)

    world.orders.numbers.fit = fit_after_a_booking  # type: ignore[method-assign]
    world.clear()
    assert order_of(world, "o1").state is OrderState.CANCELLED


def test_a_schedule_of_500_orders_ends_in_one_run() -> None:
    world = World(schedule("lost", total=500))
    for n in range(1, 501):
        world.book(n)
    world.suspend()
    requests, calls = world.catalog.requests, world.pool.calls
    world.clear()
    assert {order.state for order in world.orders.orders.values()} == {OrderState.CANCELLED}
    # The schedule, the hospital and its department; and what it takes to build the pool of the schedule that is offered.
    assert (world.catalog.requests - requests, world.pool.calls - calls) == (6, 4)


def test_a_message_that_comes_late_touches_no_schedule_that_is_held() -> None:
    world = World()
    world.book_in_every_state()
    before = world.outcome()
    world.clear()
    world.catalog.remove_schedule(LOST.schedule_id)
    world.clear()
    world.follow()
    assert world.outcome() == before


def test_it_works_without_the_pools() -> None:
    world = suspended_world()
    world.pool.down = True
    world.clear()
    assert world.offers.get(LOST.schedule_id) == offer_of(OTHER)
    assert order_of(world, "o1").state is OrderState.CANCELLED


def test_who_books_next_reads_the_schedule_anew() -> None:
    world = suspended_world()
    world.suspended().free_numbers.free_of([LOST.schedule_id])
    assert LOST.schedule_id in world.pool.schedules
    world.clear()
    assert LOST.schedule_id not in world.pool.schedules


def later(days: int = 1, own_id: str = "x", **changes: Any) -> Schedule:
    return schedule(own_id, date=VISIT + timedelta(days=days), **changes)


CANDIDATES: dict[str, tuple[list[Schedule], str | None]] = {
    "the nearest one": ([later(3, "far"), later(1, "near")], "near"),
    "of two as near the later one": ([later(-1, "early"), later(1, "late")], "late"),
    "the half-day counts": ([later(1, "tomorrow"), schedule("today", half_day=HalfDay.AFTERNOON)], "today"),
    "the same title first": ([later(1, "other", title="副主任医师"), later(3, "same")], "same"),
    "any title rather than none": ([later(1, "other", title="副主任医师")], "other"),
    "not one that is closed": ([later(1, "closed", state=ScheduleState.CLOSED), later(2, "open")], "open"),
    "not one of another department": ([later(1, "there", department_code="0102")], None),
    "not one that is not released": ([later(30, "unreleased")], None),
    "not one that is over": ([schedule("over", date=NOW.date() - timedelta(days=1))], None),
}


@pytest.mark.parametrize("case", CANDIDATES)
def test_the_nearest_equivalent_schedule_is_offered(case: str) -> None:
    schedules, wanted = CANDIDATES[case]
    world = World(LOST, *schedules)
    world.book(1)
    world.suspend()
    world.clear()
    offered = next((offer_of(schedule) for schedule in schedules if schedule.hospital_schedule_id == wanted), None)
    assert world.offers.offers == {LOST.schedule_id: offered}


def test_a_schedule_without_free_numbers_is_not_offered() -> None:
    schedules = [later(1, f"full{n}", total=0) for n in range(60)]
    world = World(LOST, *schedules, later(2, "free"))
    world.book(1)
    world.suspend()
    world.clear()
    assert world.offers.get(LOST.schedule_id) == offer_of(later(2, "free"))


def test_a_hospital_that_takes_no_bookings_offers_none() -> None:
    world = suspended_world()
    world.catalog.set_locked(CODE, True)
    world.clear()
    assert world.offers.offers == {LOST.schedule_id: None}


def test_what_was_offered_once_is_offered_to_all() -> None:
    world = suspended_world()
    world.offers.put(LOST.schedule_id, offer_of(later(5)))
    world.clear()
    assert world.offers.get(LOST.schedule_id) == offer_of(later(5))


@pytest.mark.parametrize(("minute", "own_id"), [(29, "morning"), (30, "afternoon")])
def test_a_schedule_whose_sale_has_ended_is_not_offered(minute: int, own_id: str) -> None:
    world = World(LOST, schedule("morning"), schedule("afternoon", half_day=HalfDay.AFTERNOON))
    world.book(1)
    world.suspend()
    world.clock.now = datetime.combine(VISIT, time(11, minute), SHANGHAI)
    world.clear()
    found = world.catalog.schedule(schedule_id_of(CODE, own_id))
    assert found
    assert world.offers.get(LOST.schedule_id) == offer_of(found)
