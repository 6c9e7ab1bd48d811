"""What a hospital publishes of itself and its departments, and who came to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from guahao.contracts.partner import BrokenEntry, DepartmentsBody, HospitalEntry, SchedulesBody
from guahao.contracts.queries import OwnDepartmentsQuery
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.errors import Conflict, NotFound, Unavailable
from guahao.usecases.hospitals.partner_departments import PartnerDepartments
from guahao.usecases.hospitals.partner_hospital import PartnerHospital
from tests.builders import VISIT, department_entry, hospital_entry, schedule_entry
from tests.fakes.clock import FakeClock
from tests.killing import Killer, deaths
from tests.publishing import CODE, OTHER, World, faulty_fields, results

HEART = Department(CODE, "0101", "心内科", "01", "内科")


def service(world: World, killer: Killer | None = None) -> PartnerDepartments:
    return PartnerDepartments(*parts(world, killer))


def hospital_itself(world: World, killer: Killer | None = None) -> PartnerHospital:
    return PartnerHospital(*parts(world, killer))


def parts(world: World, killer: Killer | None) -> Any:
    catalog, pool = (killer.watch(part) if killer else part for part in (world.catalog, world.pool))
    return catalog, pool, world.publication_lock, world.order, FakeClock()


def test_departments_are_created_updated_and_left_alone_in_order() -> None:
    world = World()
    broken = BrokenEntry("0104", [{"field": "name", "reason": "missing"}])
    outcomes = service(world).publish_departments(
        CODE, [department_entry("0103"), department_entry("0101"), broken, department_entry("0102", name="骨科"), department_entry("0103")]
    )
    assert results(outcomes) == ["created", "unchanged", "rejected", "updated", "rejected"]
    assert (outcomes[2].errors, faulty_fields(outcomes[4])) == (broken.errors, ["departmentCode"])
    assert [d.name for d in world.catalog.departments(CODE)] == ["心内科", "骨科", "心内科"]
    assert [d.name for d in world.catalog.departments(OTHER)] == ["心内科", "心内科"]


def test_departments_are_listed_page_by_page() -> None:
    world = World()
    first = service(world).departments(CODE, OwnDepartmentsQuery(limit=1))
    assert (first.items, first.next_cursor) == ([HEART], "0101")
    second = service(world).departments(CODE, OwnDepartmentsQuery(limit=1, cursor=first.next_cursor))
    assert ([d.department_code for d in second.items], second.next_cursor) == (["0102"], None)


def test_a_department_goes_once_its_last_schedule_is_over() -> None:
    world = World()
    world.publish(schedule_entry(date=date(2026, 3, 2)))
    with pytest.raises(Conflict):
        service(world).remove_department(CODE, "0101")
    world.catalog.put_schedules([replace(world.schedule(), date=date(2026, 3, 1))])
    service(world).remove_department(CODE, "0101")
    assert [d.department_code for d in world.catalog.departments(CODE)] == ["0102"]
    with pytest.raises(NotFound):
        service(world).remove_department(CODE, "0101")
    assert len(world.catalog.departments(OTHER)) == 2


def test_whoever_books_next_reads_the_rule_and_the_names_anew() -> None:
    world = World()
    world.publish(schedule_entry("a"), schedule_entry("b", department_code="0102"), schedule_entry("late", date=VISIT + timedelta(days=80)))
    ids = {own_id: schedule_id_of(CODE, own_id) for own_id in ("a", "b", "late")}

    def built_and_left_after(act: Any) -> set[str]:
        for own_id in ids:
            world.build_pool(own_id)
        act()
        return {own_id for own_id in ids if ids[own_id] in world.pool.schedules}

    for _ in range(2):
        assert built_and_left_after(lambda: service(world).publish_departments(CODE, [department_entry("0101", name="新")])) == {"b"}
        assert built_and_left_after(lambda: hospital_itself(world).publish_hospital(CODE, hospital_entry())) == set()


def test_without_its_turn_nothing_is_written() -> None:
    world = World()
    with world.publication_lock.of(CODE):
        for act in (
            lambda: hospital_itself(world).publish_hospital(CODE, hospital_entry(name="新")),
            lambda: service(world).publish_departments(CODE, [department_entry("0101", name="新")]),
            lambda: service(world).remove_department(CODE, "0101"),
        ):
            with pytest.raises(Unavailable):
                act()
    assert world.catalog.departments(CODE)[0] == HEART


def test_killed_anywhere_and_repeated_all_is_as_if_nothing_had_happened() -> None:
    def act(of: World, killer: Killer | None = None) -> None:
        hospital_itself(of, killer).publish_hospital(CODE, hospital_entry(name="新"))
        service(of, killer).publish_departments(CODE, [department_entry("0101", name="新"), department_entry("0109")])

    def seen(of: World) -> object:
        return of.catalog.hospital(CODE), of.catalog.departments(CODE), set(of.pool.schedules)

    def before_the_act() -> World:
        made = World()
        made.publish(schedule_entry())
        made.build_pool()
        return made

    undisturbed, world = before_the_act(), World()
    act(undisturbed)

    def run(killer: Killer) -> None:
        nonlocal world
        world = before_the_act()
        act(world, killer)

    for _ in deaths(run):
        act(world)
        assert seen(world) == seen(undisturbed)


RULE = {"cycleDays": 7, "releaseTime": "08:00", "stopTime": "16:30", "quitDayOffset": -1, "quitTime": "15:00", "notes": []}
HOSPITAL = {
    "name": "a",
    "grade": 1,
    "provinceCode": "110000",
    "cityCode": "110100",
    "districtCode": "110101",
    "address": "",
    "bookingRule": RULE,
}
SCHEDULE = {
    "hospitalScheduleId": "a",
    "departmentCode": "01",
    "title": "a",
    "date": "2026-03-05",
    "halfDay": "morning",
    "total": 1,
    "feeFen": 0,
}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"grade": 0}, "grade"),
        ({"grade": "1"}, "grade"),
        ({"provinceCode": "11"}, "provinceCode"),
        ({"cityCode": "1１0100"}, "cityCode"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"logoUrl": "data:image/png;base64,iVBORw0KGgo="}, "logoUrl"),
        ({"logoUrl": "http://h.example/l.png"}, "logoUrl"),
        ({"logoUrl": "https://h.example/l.png x"}, "logoUrl"),
        ({"online": True}, "online"),
        ({"bookingRule": {**RULE, "cycleDays": 0}}, "bookingRule.cycleDays"),
        ({"bookingRule": {**RULE, "cycleDays": 91}}, "bookingRule.cycleDays"),
        ({"bookingRule": {**RULE, "cycleDays": True}}, "bookingRule.cycleDays"),
        ({"bookingRule": {**RULE, "quitDayOffset": 1}}, "bookingRule.quitDayOffset"),
        ({"bookingRule": {**RULE, "quitDayOffset": -8}}, "bookingRule.quitDayOffset"),
        ({"bookingRule": {**RULE, "releaseTime": "24:00"}}, "bookingRule.releaseTime"),
        ({"bookingRule": {**RULE, "stopTime": "8:00"}}, "bookingRule.stopTime"),
        ({"bookingRule": {**RULE, "quitTime": 480}}, "bookingRule.quitTime"),
        ({"bookingRule": {**RULE, "notes": ["a"] * 21}}, "bookingRule.notes"),
    ],
)
def test_a_hospital_out_of_shape_is_refused(changes: dict[str, Any], field: str) -> None:
    HospitalEntry.model_validate(HOSPITAL)
    with pytest.raises(ValidationError) as refused:
        HospitalEntry.model_validate({**HOSPITAL, **changes})
    assert [".".join(map(str, fault["loc"])) for fault in refused.value.errors()] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"total": 0}, "total"),
        ({"total": 501}, "total"),
        ({"total": "3"}, "total"),
        ({"total": True}, "total"),
        ({"feeFen": -1}, "feeFen"),
        ({"feeFen": 1_000_001}, "feeFen"),
        ({"feeFen": 12.5}, "feeFen"),
        ({"date": "2026-02-29"}, "date"),
        ({"date": "20260305"}, "date"),
        ({"date": 1772668800}, "date"),
        ({"halfDay": "evening"}, "halfDay"),
        ({"state": "gone"}, "state"),
        ({"hospitalScheduleId": "a/b"}, "hospitalScheduleId"),
        ({"hospitalScheduleId": "a" * 65}, "hospitalScheduleId"),
        ({"title": ""}, "title"),
        ({"more": 1}, "more"),
    ],
)
def test_an_element_out_of_shape_is_kept_as_what_is_wrong_with_it_and_the_others_are_read(changes: dict[str, Any], field: str) -> None:
    broken, fine = SchedulesBody.model_validate({"items": [{**SCHEDULE, **changes}, {**SCHEDULE, "hospitalScheduleId": "b"}]}).items
    assert isinstance(broken, BrokenEntry)
    assert ([fault["field"] for fault in broken.errors], fine.key) == ([field], "b")


@pytest.mark.parametrize("element", [None, 5, "a", [], {}, {"departmentCode": ["0101"]}])
def test_an_element_without_a_key_is_broken_under_none(element: object) -> None:
    [broken] = DepartmentsBody.model_validate({"items": [element]}).items
    assert isinstance(broken, BrokenEntry)
    assert broken.key == ""


@pytest.mark.parametrize("items", [None, {}, [], [SCHEDULE] * 501])
def test_a_batch_has_1_to_500_elements(items: object) -> None:
    with pytest.raises(ValidationError):
        SchedulesBody.model_validate({"items": items})
    assert len(SchedulesBody.model_validate({"items": [SCHEDULE] * 500}).items) == 500
