"""Statistics: every order counted once, as what it is, whatever messages come; and made anew while they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from guahao.domain.booking import Order
from guahao.domain.errors import Invalid, Unavailable
from guahao.domain.order_states import OrderState
from guahao.domain.statistics import MOST_DAYS, DayCounts, Figures, Mark, period, report
from guahao.ports.statistics import CountMoved
from guahao.usecases.recounting import Recounting
from guahao.usecases.statistics import BookingStatistics, Counting
from tests.builders import NOW, VISIT
from tests.fakes.booking import FakeOrders
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.statistics import FakeStatistics
from tests.killing import Killed, Killer, deaths
from tests.unit.test_order_states import order

LIVES = (
    (OrderState.AWAITING_PAYMENT, OrderState.CANCELLED),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CANCELLED),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CHECKED_IN),
    (OrderState.PAID, OrderState.NO_SHOW, OrderState.CHECKED_IN),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID),
)
TODAY = date(2026, 3, 2)


class World:
    def __init__(self) -> None:
        self.orders, self.statistics = FakeOrders(), FakeStatistics()
        self.counting = Counting(self.orders, self.statistics)

    def put(self, order_id: str, state: OrderState, **changes: object) -> Order:
        """Write the order in the state, over what it was, without counting it."""
        before = self.orders.orders.get(order_id)
        version = before.version + 1 if before else 1
        written = replace(order(state), order_id=order_id, version=version, **changes)
        self.orders.orders[order_id] = written
        return written

    def counted(self) -> dict[tuple[str, date], Counter[OrderState]]:
        """Return what is counted, without zeros."""
        counted = {place: +counts.by_state for place, counts in self.statistics.counts.items()}
        return {place: by_state for place, by_state in counted.items() if by_state}

    def due(self) -> dict[tuple[str, date], Counter[OrderState]]:
        """Return what should be counted."""
        due: dict[tuple[str, date], Counter[OrderState]] = {}
        for each in self.orders.orders.values():
            due.setdefault((each.hospital_code, each.date), Counter())[each.state] += 1
        return due

    def recounting(self, statistics: FakeStatistics | None = None) -> Recounting:
        return Recounting(FakeOrderIndex(self.orders), statistics or self.statistics, self.counting)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("seed", range(20))
def test_messages_that_come_late_again_out_of_turn_or_with_a_killed_handler_count_each_order_once(world: World, seed: int) -> None:
    chance = Random(seed)
    queue: list[str] = []
    waiting = [(f"o{number}", list(chance.choice(LIVES)), VISIT + timedelta(days=chance.randrange(2))) for number in range(12)]
    while waiting or queue:
        if waiting and chance.random() < 0.5:
            order_id, life, day = chance.choice(waiting)
            world.put(order_id, life.pop(0), date=day)
            queue.extend([order_id] * chance.randint(1, 3))
            waiting = [one for one in waiting if one[1]]
        elif queue:
            message = queue.pop(chance.randrange(len(queue)))
            killer = Killer(chance.randint(1, 8), after=chance.random() < 0.5)
            try:
                Counting(killer.watch(world.orders), killer.watch(world.statistics)).count(message)
            except Killed:
                queue.append(message)
    assert world.counted() == world.due()


def test_an_order_is_counted_as_what_it_is_and_a_change_that_changes_no_state_changes_nothing(world: World) -> None:
    world.put("o1", OrderState.AWAITING_PAYMENT)
    assert world.counting.count("o1") is True
    assert world.counting.count("o1") is False
    world.put("o1", OrderState.AWAITING_PAYMENT)
    assert world.counting.count("o1") is False
    world.put("o1", OrderState.PAID)
    assert world.counting.count("o1") is True
    assert world.counted() == {("10001", VISIT): Counter({OrderState.PAID: 1})}
    assert world.statistics.counts["10001", VISIT].version == 2


class Contended(FakeStatistics):
    """Somebody else is counting on the same day, so often as told."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def count(self, before: Mark | None, after: Mark) -> None:
        self.times -= 1
        if self.times >= 0:
            raise CountMoved
        super().count(before, after)


def test_who_was_overtaken_looks_again_and_gives_up_in_the_end(world: World) -> None:
    world.put("o1", OrderState.PAID)
    world.statistics = Contended(3)
    assert Counting(world.orders, world.statistics).count("o1") is True
    assert world.counted() == world.due()
    with pytest.raises(Unavailable, match="many at once"):
        Counting(world.orders, Contended(1000)).count("o1")


def test_a_reader_of_an_older_order_does_not_undo_what_was_counted_since(world: World) -> None:
    old = world.put("o1", OrderState.AWAITING_PAYMENT)
    world.put("o1", OrderState.PAID)
    world.counting.count("o1")
    late = FakeOrders()
    late.orders["o1"] = old
    assert Counting(late, world.statistics).count("o1") is False
    assert world.counted() == world.due()


def put_some(world: World) -> None:
    """Write orders of two hospitals on some days, all of them counted."""
    for number, state in enumerate([*OrderState] * 3):
        code = "10001" if number % 2 else "10002"
        world.put(f"o{number}", state, hospital_code=code, date=VISIT + timedelta(days=number % 3))
        world.counting.count(f"o{number}")


def forget(statistics: FakeStatistics) -> None:
    """Make every count nothing."""
    for place, counts in statistics.counts.items():
        statistics.counts[place] = counts._replace(by_state=Counter())


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
    world.put("o5", OrderState.CANCELLED)
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


def test_a_day_that_never_rests_is_said_to_be_so(world: World) -> None:
    busy = Busy(world, 1000)
    world.statistics, world.counting = busy, Counting(world.orders, busy)
    put_some(world)
    forget(busy)
    with pytest.raises(Unavailable, match="quieter hour"):
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


def test_figures_leave_cancelled_orders_out_and_days_without_orders_are_zeros() -> None:
    days = period(VISIT, VISIT + timedelta(days=2), TODAY)
    by_state = Counter(dict(zip(OrderState, (1, 2, 4, 8, 16), strict=True)))
    counted = [DayCounts("10001", VISIT, by_state), DayCounts("10002", VISIT, Counter({OrderState.PAID: 32}))]
    made = report(days, counted)
    figures = Figures(placed=63, booked=55, paid=54, cancelled=8, attended=4, no_show=16)
    assert [item.date for item in made.items] == [VISIT + timedelta(days=number) for number in range(3)]
    assert [item.figures for item in made.items] == [figures, Figures(0, 0, 0, 0, 0, 0), Figures(0, 0, 0, 0, 0, 0)]
    assert made.totals == figures


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, (date(2026, 1, 31), date(2026, 4, 1))),
        (None, date(2026, 2, 1), (date(2026, 1, 2), date(2026, 2, 1))),
        (None, date(2026, 3, 9), (date(2026, 1, 31), date(2026, 3, 9))),
        (date(2026, 2, 1), None, (date(2026, 2, 1), date(2026, 4, 1))),
        (date(2026, 9, 1), None, (date(2026, 9, 1), date(2026, 10, 1))),
        (VISIT, VISIT, (VISIT, VISIT)),
        (VISIT, VISIT + timedelta(days=MOST_DAYS - 1), (VISIT, VISIT + timedelta(days=MOST_DAYS - 1))),
    ],
)
def test_usually_the_days_around_today_are_told(first: date | None, last: date | None, days: tuple[date, date]) -> None:
    assert period(first, last, TODAY) == days


@pytest.mark.parametrize("days", [-1, MOST_DAYS])
def test_days_in_the_wrong_order_or_too_many_are_refused(world: World, days: int) -> None:
    with pytest.raises(Invalid, match="fewer days"):
        BookingStatistics(world.statistics, lambda: NOW).report("", VISIT, VISIT + timedelta(days=days))


def test_a_report_is_of_one_hospital_or_of_all(world: World) -> None:
    put_some(world)
    statistics = BookingStatistics(world.statistics, lambda: NOW)
    assert [statistics.report(code, None, None).totals.placed for code in ("", "10001", "10002", "10003")] == [15, 7, 8, 0]


def test_a_count_over_a_mark_that_was_changed_is_refused(world: World) -> None:
    first = Mark("10001", VISIT, "o1", OrderState.AWAITING_PAYMENT, 1)
    world.statistics.count(None, first)
    with pytest.raises(CountMoved):
        world.statistics.count(None, first)
