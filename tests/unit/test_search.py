"""The earliest free schedule: only what can be booked now, nearest first, and never more work than is agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from guahao.contracts.queries import EarliestQuery
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.booking_rule import BookingRule, days_on_sale, window
from guahao.domain.catalog.catalog import Department, Hospital
from guahao.domain.catalog.days import DayState, days_shown
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.time import SHANGHAI
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.catalog import search
from guahao.usecases.catalog.search import EarliestSchedules, FoundSchedule
from tests.builders import hospital
from tests.fakes.catalog import FakeCatalog, FakeFreeNumbers

RULE = BookingRule(cycle_days=7, release_time=time(8), stop_time=time(16, 30), quit_day_offset=-1, quit_time=time(15))
TODAY = date(2025, 3, 10)
MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TODAY, time(hour, minute), SHANGHAI)


class World:
    """Three hospitals in two cities, each with a heart department."""

    def __init__(self) -> None:
        self.catalog, self.free, self.now = FakeCatalog(), FakeFreeNumbers(), at(9)
        for code, city in (("1000", "110100"), ("10001", "110100"), ("2000", "310100")):
            self.open(hospital(code, name=f"医院{code}", city_code=city, booking_rule=RULE))
            self.catalog.put_departments([Department(code, "d1", "心血管内科", "g1", "内科"), Department(code, "d2", "骨科", "g2", "外科")])

    def open(self, entry: Hospital) -> None:
        self.catalog.put_hospital(entry)
        self.catalog.set_online(entry.hospital_code, True)

    def schedule(
        self, days: int, half_day: HalfDay = MORNING, code: str = "1000", free: int = 1, department: str = "d1", own_id: str = ""
    ) -> str:
        own_id = own_id or f"{days}-{half_day}-{department}"
        identifier, day = schedule_id_of(code, own_id), TODAY + timedelta(days=days)
        made = Schedule(identifier, code, own_id, department, day, half_day, "主任医师", "赵", "", 5000, 10, ScheduleState.OPEN)
        self.catalog.put_schedules([made])
        self.free.free[identifier] = free
        return identifier

    def close(self, schedule_id: str, state: ScheduleState) -> None:
        found = self.catalog.schedule(schedule_id)
        assert found is not None
        self.catalog.put_schedules([replace(found, state=state)])

    def found(self, name: str = "心", city: str = "", limit: int = 20) -> list[FoundSchedule]:
        query = EarliestQuery(department_name=name, city=city, limit=limit)
        return EarliestSchedules(self.catalog, self.free, lambda: self.now).find(query)

    def ids(self, name: str = "心", city: str = "", limit: int = 20) -> list[str]:
        return [schedule.schedule_id for schedule in self.found(name, city, limit)]


def test_the_nearest_schedules_of_all_hospitals_come_first() -> None:
    world = World()
    late = world.schedule(3)
    afternoon = world.schedule(1, AFTERNOON, "10001")
    morning = world.schedule(1, MORNING, "2000")
    today = world.schedule(0, AFTERNOON)
    assert world.ids() == [today, morning, afternoon, late]
    assert world.ids(limit=2) == [today, morning]


def test_a_found_schedule_says_where_it_is_held_and_how_many_numbers_are_free() -> None:
    world = World()
    world.schedule(1, code="10001", free=7)
    [found] = world.found()
    assert (found.hospital_name, found.department_name, found.free) == ("医院10001", "心血管内科", 7)


def test_a_schedule_without_free_numbers_is_not_found() -> None:
    world = World()
    world.schedule(1, free=0)
    there = world.schedule(2)
    assert world.ids() == [there]


@pytest.mark.parametrize(("name", "found"), [("心血管", True), ("内科", True), (" 心 ", True), ("骨", False), ("心.*科", False)])
def test_the_text_is_a_part_of_the_departments_name_and_no_pattern(name: str, found: bool) -> None:
    world = World()
    world.schedule(1)
    assert bool(world.ids(name)) is found


def test_a_city_leaves_out_the_hospitals_of_others() -> None:
    world = World()
    beijing, shanghai = world.schedule(2), world.schedule(1, code="2000")
    assert world.ids(city="110100") == [beijing]
    assert world.ids(city="310100") == [shanghai]
    assert world.ids(city="440100") == []


@pytest.mark.parametrize("state", [ScheduleState.CLOSED, ScheduleState.SUSPENDED])
def test_a_schedule_that_is_not_open_is_not_found(state: ScheduleState) -> None:
    world = World()
    world.close(world.schedule(1), state)
    assert world.ids() == []


def test_a_hospital_that_is_offline_or_locked_is_not_searched() -> None:
    world = World()
    world.schedule(1)
    world.schedule(1, code="10001")
    world.catalog.set_online("1000", False)
    world.catalog.set_locked("10001", True)
    assert world.ids() == []


def test_what_is_over_or_not_released_is_not_found() -> None:
    world = World()
    today, last = world.schedule(0), world.schedule(7)
    world.schedule(-1)
    world.schedule(8)
    world.now = at(7, 59)
    assert world.ids() == [today]
    world.now = at(8)
    assert world.ids() == [today, last]
    world.now = at(16, 30)
    assert world.ids() == [last]


def test_each_hospital_sells_by_its_own_rule() -> None:
    world = World()
    world.open(hospital("2000", name="医院", city_code="310100", booking_rule=replace(RULE, cycle_days=30, stop_time=time(8))))
    stopped, far = world.schedule(0, code="2000"), world.schedule(20, code="2000")
    selling, not_released = world.schedule(0), world.schedule(20)
    assert world.ids() == [selling, far]
    assert {stopped, not_released}.isdisjoint(world.ids())


def test_sold_out_schedules_do_not_hide_those_behind_them() -> None:
    world = World()
    for n in range(search.SCHEDULES_AT_ONCE + 1):
        world.schedule(1, free=0, own_id=f"full {n}")
    there = world.schedule(2)
    assert world.ids() == [there]


def test_free_numbers_are_asked_for_in_one_question_for_many_schedules() -> None:
    world = World()
    for n in range(search.SCHEDULES_AT_ONCE):
        world.schedule(1, own_id=f"{n}")
    assert len(world.ids(limit=20)) == 20
    assert world.free.requests == 1
    assert world.catalog.requests == 3


def test_a_search_looks_at_so_many_schedules_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_SCHEDULES", 120)
    monkeypatch.setattr(search, "MOST_ROUNDS", 1)
    world = World()
    for n in range(130):
        world.schedule(1, free=0, own_id=f"{n}")
    world.schedule(2)
    assert world.ids() == []
    assert world.free.requests == 3


def test_a_search_looks_at_so_many_departments_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_DEPARTMENTS", 2)
    world = World()
    for code in ("1000", "10001", "2000"):
        world.schedule(1, code=code)
    assert {schedule.hospital_code for schedule in world.found()} == {"1000", "10001"}


def test_the_facts_of_many_schedules_cost_three_reads_whoever_holds_them() -> None:
    world = World()
    places = [(code, department) for code in ("1000", "10001", "2000") for department in ("d1", "d2", "gone")]
    wanted = [world.schedule(1, code=code, department=department) for code, department in places]
    known = bookable_schedules(world.catalog, [*wanted, "nothing"])
    assert {(schedule.hospital_name, schedule.department_name) for schedule in known.values()} == {
        (f"医院{code}", name) for code in ("1000", "10001", "2000") for name in ("心血管内科", "骨科")
    }
    assert world.catalog.requests == 3


@pytest.mark.parametrize("cycle_days", [0, 1, 7])
@pytest.mark.parametrize("now", [at(0), at(7, 59), at(8), at(16, 29), at(16, 30), at(23, 59)])
def test_the_days_on_sale_are_those_shown_as_neither_stopped_nor_unreleased(cycle_days: int, now: datetime) -> None:
    rule = replace(RULE, cycle_days=cycle_days)
    first, last = days_on_sale(rule, now)
    selling = [day.date for day in days_shown(rule, [], now) if day.state is DayState.NONE]
    assert [day for n in range((window(rule, now)[1] - TODAY).days + 1) if first <= (day := TODAY + timedelta(days=n)) <= last] == selling


def test_behind_full_schedules_the_search_goes_on_day_by_day_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_SCHEDULES", 2)
    world = World()
    for own_id in "abc":
        world.schedule(1, free=0, own_id=own_id)
    world.schedule(2, free=0)
    free = world.schedule(3)
    assert world.ids() == [free]
    world.catalog.requests = 0
    world.free.free[free] = 0
    assert world.ids() == []
    assert world.catalog.requests <= 2 + search.MOST_ROUNDS
