"""Comparing pools with the store: afterwards they offer what is free, whoever books or cancels meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Number
from guahao.usecases.booking.booking import Booking
from guahao.usecases.booking.number_pool_checks import PoolChecks
from tests.builders import NOW, patient, schedule, user
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock
from tests.unit.test_order_states import HOLD

NONE = {"numbersReturned": 0, "numbersDropped": 0, "numbersOverdue": 0, "remaining": 0}


class Meanwhile:
    """Does something else once, right before one call of all that it watches."""

    def __init__(self, at: int, what: Callable[[], object]) -> None:
        self.left, self._what = at, what

    def watch(self, part: Any) -> Any:
        return _Watched(part, self)

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            self._what()


class _Watched:
    def __init__(self, part: Any, meanwhile: Meanwhile) -> None:
        self._part, self._meanwhile = part, meanwhile

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._part, name)

        def called(*arguments: Any) -> Any:
            self._meanwhile.step()
            return method(*arguments)

        return called


class World:
    """A schedule of three numbers, its pool, and somebody who books."""

    def __init__(self) -> None:
        self.clock, self.orders, self.pool = FakeClock(NOW), FakeOrders(), FakePool()
        self.orders.users["u1"] = user()
        self.orders.add_patient(patient())
        self.orders.add_numbers("s1", 3)
        self.pool.build(schedule(), self.orders.numbers_of("s1"), 0)

    def check(self, meanwhile: Meanwhile | None = None) -> dict[str, int]:
        watch = meanwhile.watch if meanwhile else lambda part: part
        checks = PoolChecks(watch(self.pool), watch(self.orders.numbers).of, self.clock)
        return dict(checks.run(NOW + timedelta(days=1)))

    def booking(self, meanwhile: Meanwhile | None = None) -> Booking:
        watch = meanwhile.watch if meanwhile else lambda part: part
        orders, pool = watch(self.orders), watch(self.pool)
        read_schedules = lambda ids: {schedule_id: schedule() for schedule_id in ids}  # noqa: E731
        return Booking(orders, pool, orders.read_booker, read_schedules, orders.numbers_of, self.clock, BookingPolicy(), HOLD)

    def book(self) -> str:
        return self.booking().book("u1", "p1", "s1", "key-1").order_id

    def cancel(self, order_id: str) -> None:
        number = self.booking().cancel("u1", order_id).visit.number
        self.pool.put_back("s1", number)

    def cancel_or_book_and_cancel(self, order_id: str) -> None:
        self.cancel(order_id or self.book())

    def free(self) -> set[int]:
        return {n.number for n in self.orders.numbers_of("s1") if n.state is NumberState.FREE}


def test_a_number_that_is_lost_to_the_pool_is_offered_again() -> None:
    world = World()
    world.pool.free["s1"].remove(2)
    assert world.check() == NONE | {"numbersReturned": 1}
    assert world.pool.free["s1"] == {1, 2, 3}
    assert world.check() == NONE


def test_a_number_that_is_not_free_is_offered_no_more() -> None:
    world = World()
    world.orders.numbers.put("s1", Number(2, NumberState.SOLD, "o9"))
    assert world.check() == NONE | {"numbersDropped": 1}
    assert world.pool.free["s1"] == {1, 3}


def test_a_number_in_flight_is_left_alone_for_its_minute() -> None:
    world = World()
    world.pool.take("s1", "o1", NOW)
    world.pool.take("s1", "o2", NOW)
    world.orders.numbers.put("s1", Number(1, NumberState.HELD, "o1"))
    assert world.check() == NONE
    world.clock.advance(minutes=1)
    assert world.check() == NONE | {"numbersDropped": 1, "numbersOverdue": 2}
    assert world.pool.content("s1", world.clock()).overdue == {2}


def test_without_the_pools_server_there_is_nothing_to_check() -> None:
    world = World()
    world.pool.down = True
    assert world.check() == NONE


def test_a_check_leaves_when_its_time_is_over() -> None:
    world = World()
    world.orders.add_numbers("s2", 3)
    world.pool.build(schedule("s2"), [], 0)
    world.pool.free["s1"].clear()
    checks = PoolChecks(world.pool, world.orders.numbers_of, world.clock)
    assert checks.run(NOW)["numbersReturned"] == 3
    assert checks.run(NOW + timedelta(seconds=1))["numbersReturned"] == 3


@pytest.mark.parametrize("wrong", [set(), {1}, {3}])
def test_a_check_between_any_two_steps_of_a_booking_costs_a_try_at_most(wrong: set[int]) -> None:
    for at in range(1, 30):
        world = World()
        world.pool.free["s1"] -= wrong
        meanwhile = Meanwhile(at, world.check)
        order = world.booking(meanwhile).book("u1", "p1", "s1", "key-1")
        assert order.state is OrderState.AWAITING_PAYMENT
        world.check()
        assert world.pool.free["s1"] == world.free()
        if meanwhile.left > 0:
            return
    raise AssertionError("the booking has no end")


@pytest.mark.parametrize("sold", [False, True])
def test_no_number_is_lost_by_who_books_and_cancels_between_any_two_steps_of_a_check(sold: bool) -> None:
    for at in range(1, 30):
        world = World()
        first = world.book() if sold else ""
        world.pool.free["s1"] ^= {1, 2}  # whatever is so, the pool says the contrary
        meanwhile = Meanwhile(at, partial(world.cancel_or_book_and_cancel, first))
        world.check(meanwhile)
        if meanwhile.left > 0:
            assert world.pool.free["s1"] == world.free()
            return
        assert world.pool.free["s1"] == world.free() == {1, 2, 3}
    raise AssertionError("the check has no end")
