"""Statistics made anew from the orders, whatever was counted before, while orders move and are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import Unavailable
from guahao.domain.statistics.statistics import DayCounts, Mark
from guahao.usecases.statistics.recounting import Recounting
from guahao.usecases.statistics.statistics import Counting
from tests.builders import VISIT
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.statistics import FakeStatistics
from tests.killing import Killer, deaths
from tests.unit.counting import World, forget, put_some


@pytest.fixture
def world() -> World:
    return World()


def test_what_was_broken_in_any_way_is_made_what_the_orders_say_and_then_nothing_is_wrong(world: World) -> None:
    put_some(world)
    assert world.recounting().run("") == (15, 0, [])
    whole = world.due()
    assert world.counted() == whole
    counts, marks = world.statistics.counts, world.statistics.marked_orders
    broken, deleted = list(counts)[:2]
    counts[broken] = counts[broken]._replace(by_state=Counter({OrderState.PAID: 70}))
    del counts[deleted]
    invented = ("10003", VISIT)
    counts[invented] = DayCounts(*invented, Counter({OrderState.NO_SHOW: 3}), 9)
    del marks["o3"]
    marks["o4"] = marks["o4"]._replace(state=OrderState.CHECKED_IN)
    world.put("o5", OrderState.CANCELLED, date=VISIT + timedelta(days=2))
    recount = world.recounting().run("")
    assert world.counted() == world.due()
    assert (recount.orders, recount.marked) == (15, 3)
    found = {correction.before[:2]: correction for correction in recount.corrections}
    assert {broken, deleted, invented} <= set(found)
    assert (found[invented].before.by_state, +found[invented].after.by_state) == (Counter({OrderState.NO_SHOW: 3}), Counter())
    assert world.recounting().run("") == (15, 0, [])


def test_one_hospital_alone_is_made_anew(world: World) -> None:
    put_some(world)
    forget(world.statistics)
    recount = world.recounting().run("10001")
    assert {correction.before.hospital_code for correction in recount.corrections} == {"10001"}
    assert world.counted() == {place: counts for place, counts in world.due().items() if place[0] == "10001"}


class Busy(FakeStatistics):
    """While a day's marks are read, another order of the day is counted, so often as told."""

    def __init__(self, world: World, times: int) -> None:
        super().__init__()
        self.world, self.times = world, times

    def marked(self, hospital_code: str, day: date) -> Iterator[Mark]:
        for number, mark in enumerate(super().marked(hospital_code, day)):
            yield mark
            if number == 0 and self.times:
                self.times -= 1
                order_id = f"new{self.times}"
                self.world.put(order_id, OrderState.PAID, hospital_code=hospital_code, date=day)
                self.world.counting.count(order_id)


@pytest.mark.parametrize("times", [1, 7])
def test_orders_that_are_counted_meanwhile_stay_counted(world: World, times: int) -> None:
    busy = Busy(world, times)
    world.statistics, world.counting = busy, Counting(world.orders, busy)
    put_some(world)
    forget(busy)
    assert world.recounting().run("").corrections
    assert world.counted() == world.due()


class Overtaken(FakeStatistics):
    """Between the reading of a day's counts and that of its marks another order of the day is counted, once."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.armed = world, False

    def day(self, hospital_code: str, day: date) -> DayCounts:
        found = super().day(hospital_code, day)
        if self.armed:
            self.armed = False
            self.world.put("o2", OrderState.PAID)
            self.world.counting.count("o2")
        return found


def test_a_day_is_right_only_if_its_counts_are_of_the_moment_of_its_marks(world: World) -> None:
    world.statistics = overtaken = Overtaken(world)
    world.counting = Counting(world.orders, overtaken)
    world.put("o1", OrderState.PAID)
    world.counting.count("o1")
    overtaken.counts["10001", VISIT] = overtaken.counts["10001", VISIT]._replace(by_state=Counter({OrderState.PAID: 2}))
    overtaken.armed = True
    assert len(world.recounting().run("").corrections) == 1
    assert world.counted() == world.due()


def test_orders_that_were_restored_are_counted_as_what_they_are_again_and_the_lost_no_more(world: World) -> None:
    put_some(world)
    restored = dict(world.orders.orders)

    def move(*states: OrderState) -> None:
        for number in range(5):
            before = restored[f"o{number}"]
            for state in states:
                world.put(before.order_id, state, hospital_code=before.visit.hospital_code, date=before.visit.date)
                world.counting.count(before.order_id)

    move(OrderState.NO_SHOW, OrderState.CHECKED_IN, OrderState.NO_SHOW)
    world.put("new", OrderState.PAID, hospital_code="10003")
    world.counting.count("new")
    world.orders.orders = dict(restored)
    recount = world.recounting().run("")
    assert (recount.orders, recount.marked, recount.corrections) == (15, 6, [])
    assert world.counted() == world.due()
    # What becomes of them from here on counts as ever, though they were of later versions.
    move(OrderState.CHECKED_IN)
    assert world.counted() == world.due()


@pytest.mark.parametrize("seed", range(8))
def test_a_recount_of_anything_while_orders_move_leaves_what_the_orders_say(world: World, seed: int) -> None:
    chance = Random(seed)
    put_some(world)

    class Moving(FakeStatistics):
        """At every reading of marks an order may move, and be counted."""

        def marked(self, hospital_code: str, day: date) -> Iterator[Mark]:
            yield from super().marked(hospital_code, day)
            if chance.random() < 0.5:
                before = world.orders.orders[f"o{chance.randrange(15)}"]
                state = chance.choice([*OrderState])
                world.put(before.order_id, state, hospital_code=before.visit.hospital_code, date=before.visit.date)
                world.counting.count(before.order_id)

    moving = Moving()
    for order_id, mark in world.statistics.marked_orders.items():
        if chance.random() < 0.7:
            moving.marked_orders[order_id] = mark._replace(state=chance.choice([*OrderState]))
    for number in range(4):
        moving.marked_orders[f"gone{number}"] = Mark("10001", VISIT, f"gone{number}", OrderState.PAID, 3)
    for place, counts in world.statistics.counts.items():
        moving.counts[place] = counts._replace(by_state=Counter({state: chance.randrange(5) for state in OrderState}))
    world.statistics, world.counting = moving, Counting(world.orders, moving)
    world.recounting().run("")
    assert world.counted() == world.due()


def test_a_day_that_never_rests_is_said_to_be_so(world: World) -> None:
    busy = Busy(world, 1000)
    world.statistics, world.counting = busy, Counting(world.orders, busy)
    put_some(world)
    forget(busy)
    with pytest.raises(Unavailable, match="many at once"):
        world.recounting().run("")


def test_a_recount_that_was_killed_anywhere_is_done_by_the_next(world: World) -> None:
    put_some(world)

    def run(killer: Killer) -> None:
        forget(world.statistics)
        del world.statistics.marked_orders["o1"]
        watched = killer.watch(world.statistics)
        Recounting(FakeOrderIndex(world.orders), watched, Counting(world.orders, watched)).run("")

    for _ in deaths(run):
        world.recounting().run("")
        assert world.counted() == world.due()
