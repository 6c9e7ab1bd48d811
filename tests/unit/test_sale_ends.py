"""A half-day that is over is not sold: a schedule's sale ends before it does, or at the stop time, whichever is first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from guahao.contracts.partner import BrokenEntry, ScheduleEntry, SchedulesBody
from guahao.contracts.queries import EarliestQuery
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.booking_rule import BookingRule, sale_ends_at
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.days import Day, DayState
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.errors import SchedulePast
from guahao.domain.time import SHANGHAI
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.catalog.schedules import Schedules
from guahao.usecases.catalog.search import EarliestSchedules
from tests.builders import VISIT, hospital, schedule_entry
from tests.fakes.booking import FakePool
from tests.fakes.catalog import FakeCatalog, FakeFreeNumbers
from tests.publishing import World as Publishing
from tests.publishing import faulty_fields

RULE = BookingRule(7, time(8), time(17, 15), -1, time(15))
MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(VISIT, time(hour, minute), SHANGHAI)


class World:
    """A department with one schedule of each half-day given."""

    def __init__(self, *half_days: HalfDay, rule: BookingRule = RULE, ends_at: datetime | None = None) -> None:
        self.catalog = FakeCatalog()
        self.catalog.put_hospital(hospital(booking_rule=rule))
        self.catalog.set_online("10001", True)
        self.catalog.put_departments([Department("10001", "0101", "心内科", "01", "内科")])
        self.ids = [schedule_id_of("10001", half_day) for half_day in half_days]
        self.free = FakeFreeNumbers(dict.fromkeys(self.ids, 2))
        for half_day in half_days:
            own = (schedule_id_of("10001", half_day), "10001", half_day.value, "0101", VISIT, half_day, "主任医师", "林一", "", 5000, 3)
            self.catalog.put_schedules([Schedule(*own, ScheduleState.OPEN, ends_at=ends_at)])

    def schedules(self, now: datetime) -> Schedules:
        return Schedules(self.catalog, self.free, lambda: now)

    def today(self, now: datetime) -> Day:
        return self.schedules(now).days("10001", "0101")[0]


@pytest.mark.parametrize(
    ("half_day", "changes", "ends_at", "sale_ends"),
    [
        (MORNING, {}, None, at(11, 30)),
        (AFTERNOON, {}, None, at(17)),
        (MORNING, {"sale_ends_minutes": 0}, None, at(12)),
        (MORNING, {"morning_ends": time(11, 40)}, None, at(11, 10)),
        (AFTERNOON, {"afternoon_ends": time(16)}, None, at(15, 30)),
        (AFTERNOON, {"stop_time": time(16, 30)}, None, at(16, 30)),
        (AFTERNOON, {"stop_time": time(23)}, at(20, 30), at(20)),
        (AFTERNOON, {}, at(20, 30), at(17, 15)),
    ],
)
def test_sale_ends_half_an_hour_before_the_half_day_or_at_the_stop_time(
    half_day: HalfDay, changes: dict[str, object], ends_at: datetime | None, sale_ends: datetime
) -> None:
    rule = replace(RULE, **changes)  # type: ignore[arg-type]
    world = World(half_day, rule=rule, ends_at=ends_at)
    found = world.catalog.schedule(world.ids[0])
    assert found
    assert sale_ends_at(found, rule) == sale_ends
    bookable = bookable_schedules(world.catalog, world.ids)[world.ids[0]]
    bookable.require_bookable(sale_ends - timedelta(seconds=1))
    with pytest.raises(SchedulePast):
        bookable.require_bookable(sale_ends)


def test_a_number_that_comes_back_after_the_sale_is_not_sold() -> None:
    world, pool = World(MORNING), FakePool()
    pool.build(bookable_schedules(world.catalog, world.ids)[world.ids[0]], [], 0)
    pool.put_back(world.ids[0], 1)
    assert pool.take(world.ids[0], "o1", at(11, 29)).number == 1
    pool.give_back(world.ids[0], 1, "o1")
    assert pool.take(world.ids[0], "o1", at(11, 30)).outcome == "shut"


def test_a_schedule_is_shown_as_closed_when_its_sale_has_ended() -> None:
    world = World(MORNING, AFTERNOON)
    for now, expected in ((at(11, 29), [("open", 2), ("open", 2)]), (at(11, 30), [("closed", 0), ("open", 2)])):
        shown = world.schedules(now).of_day("10001", "0101", VISIT.isoformat())
        assert [(s.state, s.free) for s in shown] == expected
        assert [(s.state, s.free) for s in map(world.schedules(now).get, world.ids)] == expected


def test_a_day_has_the_numbers_of_what_is_still_sold_and_stops_with_the_last() -> None:
    world = World(MORNING, AFTERNOON)
    assert [(day.state, day.free) for day in map(world.today, (at(11, 29), at(11, 30), at(17)))] == [
        (DayState.OPEN, 4),
        (DayState.OPEN, 2),
        (DayState.STOPPED, 0),
    ]


def test_the_earliest_is_one_that_is_still_sold() -> None:
    world = World(MORNING, AFTERNOON)
    for now, expected in ((at(11, 29), world.ids), (at(11, 30), world.ids[1:]), (at(17), [])):
        found = EarliestSchedules(world.catalog, world.free, lambda now=now: now).find(EarliestQuery(department_name="心", limit=20))  # type: ignore[misc]
        assert [schedule.schedule_id for schedule in found] == expected


def test_a_schedule_ends_on_its_own_day() -> None:
    world = Publishing()
    [outcome] = world.publish(schedule_entry(ends_at=at(20) + timedelta(days=1)))
    assert faulty_fields(outcome) == ["endsAt"]
    world.publish(schedule_entry(ends_at=at(20)))
    assert world.schedule().ends_at == at(20)


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+08:00", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"]
)
def test_an_end_that_no_calendar_can_reckon_with_is_a_fault_of_its_element_alone(moment: str) -> None:
    entry = schedule_entry().model_dump(mode="json", by_alias=True)
    told = json.dumps({"items": [entry, entry | {"endsAt": moment}]})
    good, broken = SchedulesBody.model_validate_json(told, by_alias=True, by_name=False).items
    assert isinstance(good, ScheduleEntry)
    assert isinstance(broken, BrokenEntry)
    assert [fault["field"] for fault in broken.errors] == ["endsAt"]
