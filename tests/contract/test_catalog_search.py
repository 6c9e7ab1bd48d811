"""What a search across hospitals asks of the catalogue, in MongoDB and in the fake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

import pytest

from guahao.adapters.mongo.catalog import MongoCatalog, ensure_indexes
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.ports.catalog.catalog import Catalog
from tests.builders import hospital
from tests.fakes.catalog import FakeCatalog

FIRST, DAY, LAST = date(2025, 2, 28), date(2025, 3, 2), date(2025, 3, 5)
DEPARTMENTS = {"a9": "骨科", "d1": "心内科", "d2": "消化内科", "e1": "ＩＣＵ(1)"}


@dataclass(frozen=True)
class World:
    """A catalogue with two hospitals of codes that are new in it, the second without schedules."""

    catalog: Catalog
    one: str
    two: str

    def schedule(self, own_id: str) -> Schedule:
        found = self.catalog.schedule(schedule_id_of(self.one, own_id))
        assert found is not None
        return found

    def own_ids(self, *departments: str, first: date = FIRST, last: date = LAST, limit: int = 9) -> list[str]:
        found = self.catalog.open_schedules([(self.one, code) for code in departments], first, last, limit)
        return [s.hospital_schedule_id for s in found]


@pytest.fixture(params=["fake", "mongo"])
def world(request: pytest.FixtureRequest) -> World:
    catalog: Catalog = FakeCatalog()
    if request.param == "mongo":
        database = mongo_database(request.getfixturevalue("mongo_url"))
        ensure_indexes(database)
        catalog = MongoCatalog(database)
    mark = uuid4().hex[:12]
    one, two = f"{mark}-1", f"{mark}-2"
    for code in (one, two):
        catalog.put_hospital(hospital(code))
    catalog.put_departments([Department(one, code, name, "g1", "组") for code, name in DEPARTMENTS.items()])
    catalog.put_departments([Department(two, "d1", "儿科", "g1", "儿科")])
    held = [
        ("late", DAY, HalfDay.AFTERNOON, "d1"),
        ("early", DAY, HalfDay.MORNING, "d1"),
        ("first", FIRST, HalfDay.AFTERNOON, "d1"),
        ("last", LAST, HalfDay.MORNING, "d1"),
        ("beyond", date(2025, 3, 6), HalfDay.MORNING, "d1"),
        ("other", date(2025, 3, 1), HalfDay.MORNING, "d2"),
    ]
    catalog.put_schedules([_schedule(one, own_id, day, half_day, department) for own_id, day, half_day, department in held])
    return World(catalog, one, two)


def _schedule(code: str, own_id: str, day: date, half_day: HalfDay, department: str) -> Schedule:
    identifier = schedule_id_of(code, own_id)
    return Schedule(identifier, code, own_id, department, day, half_day, "主任医师", "赵医生", "擅长", 5000, 9, ScheduleState.OPEN)


def test_of_many_codes_the_hospitals_that_exist_are_found(world: World) -> None:
    found = world.catalog.hospitals_by_code([world.one, world.one[:-1], world.two])
    assert {h.hospital_code for h in found} == {world.one, world.two}
    assert world.catalog.hospitals_by_code([]) == []


def test_of_many_codes_the_departments_that_exist_are_found(world: World) -> None:
    found = world.catalog.departments_by_code([(world.one, "d1"), (world.two, "d1"), (world.two, "a9")])
    assert {(d.hospital_code, d.name) for d in found} == {(world.one, "心内科"), (world.two, "儿科")}
    assert world.catalog.departments_by_code([]) == []


@pytest.mark.parametrize(
    ("name_part", "limit", "names"),
    [
        ("内科", 9, ["心内科", "消化内科"]),
        ("内科", 1, ["心内科"]),
        ("科", 9, ["骨科", "心内科", "消化内科", "儿科"]),
        (" 骨科 ", 9, ["骨科"]),
        ("icu（１）", 9, ["ＩＣＵ(1)"]),
        (".科", 9, []),
        ("\\", 9, []),
    ],
)
def test_departments_are_found_by_a_part_of_their_names(world: World, name_part: str, limit: int, names: list[str]) -> None:
    assert [d.name for d in world.catalog.departments_named(name_part, [world.one, world.two], limit)] == names


def test_departments_are_found_in_the_hospitals_asked_for_only(world: World) -> None:
    assert [d.name for d in world.catalog.departments_named("科", [world.two, world.one[:-1]], 9)] == ["儿科"]
    assert world.catalog.departments_named("科", [], 9) == []


def test_a_department_is_found_by_its_latest_name(world: World) -> None:
    world.catalog.put_departments([Department(world.two, "d1", "小儿内科", "g1", "儿科")])
    assert [d.department_code for d in world.catalog.departments_named("小儿", [world.two], 9)] == ["d1"]


def test_the_earliest_schedules_of_departments_come_in_the_order_of_time(world: World) -> None:
    assert world.own_ids("d1") == ["first", "early", "late", "last"]
    assert world.own_ids("d1", "d2") == ["first", "other", "early", "late", "last"]
    assert world.own_ids("d1", "d2", limit=2) == ["first", "other"]
    assert world.own_ids("d1", first=DAY, last=DAY) == ["early", "late"]


def test_other_departments_and_other_days_are_left_out(world: World) -> None:
    assert world.own_ids("d") == world.own_ids() == world.own_ids("d1", first=LAST, last=DAY) == []
    assert world.catalog.open_schedules([(world.two, "d1")], FIRST, LAST, 9) == []


@pytest.mark.parametrize("state", [ScheduleState.CLOSED, ScheduleState.SUSPENDED])
def test_a_schedule_that_is_not_open_is_left_out(world: World, state: ScheduleState) -> None:
    world.catalog.put_schedules([replace(world.schedule("early"), state=state)])
    assert world.own_ids("d1") == ["first", "late", "last"]


def test_a_schedule_comes_as_it_was_put(world: World) -> None:
    assert world.catalog.open_schedules([(world.one, "d1")], LAST, LAST, 9) == [world.schedule("last")]
