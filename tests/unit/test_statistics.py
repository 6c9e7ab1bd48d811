"""Statistics: every order counted once, as what it is, whatever messages come."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from guahao.contracts.queries import BookingReportQuery
from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import Invalid, NotFound, Unavailable
from guahao.domain.statistics.statistics import MOST_DAYS, MOST_DAYS_OF_ALL, DayCounts, Figures, Mark, period, report
from guahao.domain.versions import VersionConflict
from guahao.usecases.statistics.statistics import BookingStatistics, Counting
from tests.builders import NOW, VISIT
from tests.fakes.booking import FakeOrders
from tests.fakes.statistics import FakeStatistics
from tests.killing import Killed, Killer
from tests.unit.counting import World, put_some

LIVES = (
    (OrderState.AWAITING_PAYMENT, OrderState.CANCELLED),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CANCELLED),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CHECKED_IN),
    (OrderState.PAID, OrderState.NO_SHOW, OrderState.CHECKED_IN),
    (OrderState.AWAITING_PAYMENT, OrderState.PAID),
)
TODAY = date(2026, 3, 2)


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
            raise VersionConflict
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


def test_figures_leave_cancelled_orders_out_and_days_without_orders_are_zeros() -> None:
    days = period("", VISIT, VISIT + timedelta(days=2), TODAY)
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
    ],
)
def test_usually_the_days_around_today_are_told(first: date | None, last: date | None, days: tuple[date, date]) -> None:
    assert period("10001", first, last, TODAY) == period("", first, last, TODAY) == days


def asked(code: str, first: date | None = None, last: date | None = None) -> BookingReportQuery:
    return BookingReportQuery(hospital_code=code, first=first, last=last)


@pytest.mark.parametrize(("code", "most"), [("10001", MOST_DAYS), ("", MOST_DAYS_OF_ALL)])
def test_days_in_the_wrong_order_or_too_many_are_refused(world: World, code: str, most: int) -> None:
    statistics = BookingStatistics(world.statistics, lambda: NOW)
    assert len(statistics.report(asked(code, VISIT, VISIT + timedelta(days=most - 1))).items) == most
    for days, detail, reason in ((-1, "wrong order", "not after `to`"), (most, "fewer days", f"at most {most} days with `to`")):
        with pytest.raises(Invalid, match=detail) as refusal:
            statistics.report(asked(code, VISIT, VISIT + timedelta(days=days)))
        assert refusal.value.errors == [{"field": "from", "reason": reason}]


def test_a_report_is_of_one_hospital_or_of_all(world: World) -> None:
    put_some(world)
    statistics = BookingStatistics(world.statistics, lambda: NOW)
    assert [statistics.report(asked(code)).totals.placed for code in ("", "10001", "10002", "10003")] == [15, 7, 8, 0]


def test_a_hospital_that_is_not_there_has_no_report_but_a_removed_one_has(world: World) -> None:
    put_some(world)
    statistics = BookingStatistics(world.statistics, lambda: NOW, {"10003"}.__contains__)
    assert [statistics.report(asked(code)).totals.placed for code in ("", "10001", "10003")] == [15, 7, 0]
    with pytest.raises(NotFound):
        statistics.report(asked("10004"))


def test_a_count_over_a_mark_that_was_changed_is_refused(world: World) -> None:
    first = Mark("10001", VISIT, "o1", OrderState.AWAITING_PAYMENT, 1)
    world.statistics.count(None, first)
    with pytest.raises(VersionConflict):
        world.statistics.count(None, first)
