"""Every query of the catalogue against known answers, on the fake and on a real server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time

import pytest

from guahao.adapters.mongo.catalog import MongoCatalog, ensure_indexes
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.booking_rule import BookingRule
from guahao.domain.catalog.catalog import Department, Grade, Hospital
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.errors import Unavailable
from guahao.ports.catalog.catalog import Catalog, HospitalFilter, Standing
from tests.fakes.catalog import FakeCatalog
from tests.servers import free_port, mongo_server

RULE = BookingRule(
    7, time(8), time(16, 30), -1, time(15), ("带好证件", "提前半小时取号"), time(11, 30), time(17), 20, time(8, 30), time(14)
)


def hospital(code: str, name: str, *, grade: Grade = Grade.TERTIARY_A, region: str = "110101", online: bool = True) -> Hospital:
    province, city = region[:2] + "0000", region[:4] + "00"
    return Hospital(code, name, grade, province, city, region, "某路1号", RULE, "", "介绍", "地铁", online)


def schedule(
    hospital_code: str, own_id: str, day: date, half_day: HalfDay = HalfDay.MORNING, department: str = "d1", total: int = 9
) -> Schedule:
    identifier = schedule_id_of(hospital_code, own_id)
    return Schedule(
        identifier, hospital_code, own_id, department, day, half_day, "主任医师", "赵医生", "擅长", 5000, total, ScheduleState.OPEN
    )


HOSPITALS = [
    hospital("1000", "北京协和医院"),
    hospital("10001", "北京大学第一医院", region="110102"),
    hospital("10002", "上海市静安区中心医院", grade=Grade.TERTIARY_B, region="310106"),
    hospital("10003", "Ｕｎｉｏｎ Hospital (100%)", region="310101", grade=Grade.SECONDARY_A),
    hospital("10004", "北京离线医院", online=False),
    replace(hospital("10005", "北京锁定医院"), locked=True),
]
DEPARTMENTS = [
    Department("1000", "d2", "消化内科", "g1", "内科"),
    Department("1000", "d1", "心内科", "g1", "内科", "介绍"),
    Department("1000", "a9", "骨科", "g2", "外科"),
    Department("10001", "d1", "儿科", "g1", "儿科"),
]
SCHEDULES = [
    schedule("1000", "late", date(2025, 3, 2), HalfDay.AFTERNOON),
    schedule("1000", "early", date(2025, 3, 2)),
    schedule("1000", "first", date(2025, 2, 28)),
    schedule("1000", "last", date(2025, 3, 5)),
    schedule("1000", "beyond", date(2025, 3, 6)),
    schedule("1000", "other department", date(2025, 3, 2), department="d2"),
    schedule("10001", "early", date(2025, 3, 2)),
]


@pytest.fixture(scope="module")
def own_mongo_url() -> Iterator[str]:
    with mongo_server() as url:
        yield url
        mongo_database(url).client.close()


@pytest.fixture(scope="module", params=["fake", "mongo"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    if request.param == "fake":
        store: Catalog = FakeCatalog()
    else:
        database = mongo_database(request.getfixturevalue("own_mongo_url"))
        ensure_indexes(database)
        ensure_indexes(database)
        store = MongoCatalog(database)
    for entry in HOSPITALS:
        store.put_hospital(entry)
        store.set_online(entry.hospital_code, entry.online)
        store.set_locked(entry.hospital_code, entry.locked)
    store.put_departments(DEPARTMENTS)
    store.put_schedules(SCHEDULES)
    return store


def codes(catalog: Catalog, wanted: HospitalFilter) -> list[str]:
    return [h.hospital_code for h in catalog.search(wanted, 100, None).items]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (HospitalFilter(), ["1000", "10001", "10002", "10003"]),
        (HospitalFilter(province_code="110000", standing=None), ["1000", "10001", "10004", "10005"]),
        (HospitalFilter(province_code="110000", standing=Standing.OFFLINE), ["10004"]),
        (HospitalFilter(province_code="110000", standing=Standing.LOCKED), ["10005"]),
        (HospitalFilter(name_part="协和"), ["1000"]),
        (HospitalFilter(name_part="北京"), ["1000", "10001"]),
        (HospitalFilter(name_part="医院"), ["1000", "10001", "10002"]),
        (HospitalFilter(name_part=" union "), ["10003"]),
        (HospitalFilter(name_part="（100％）"), ["10003"]),
        (HospitalFilter(name_part=".*"), []),
        (HospitalFilter(name_part="("), ["10003"]),
        (HospitalFilter(name_part="\\"), []),
        (HospitalFilter(grade=Grade.TERTIARY_B), ["10002"]),
        (HospitalFilter(grade=Grade.PRIMARY), []),
        (HospitalFilter(province_code="310000"), ["10002", "10003"]),
        (HospitalFilter(city_code="110100"), ["1000", "10001"]),
        (HospitalFilter(district_code="110102"), ["10001"]),
        (
            HospitalFilter(name_part="医院", grade=Grade.TERTIARY_A, province_code="110000", city_code="110100", district_code="110101"),
            ["1000"],
        ),
    ],
)
def test_a_search_finds_the_hospitals_that_fit_all_that_was_asked(catalog: Catalog, wanted: HospitalFilter, expected: list[str]) -> None:
    assert codes(catalog, wanted) == expected


def test_pages_follow_each_other_without_gap_or_repeat(catalog: Catalog) -> None:
    first = catalog.search(HospitalFilter(), 2, None)
    second = catalog.search(HospitalFilter(), 2, first.next_cursor)
    assert [h.hospital_code for h in first.items + second.items] == ["1000", "10001", "10002", "10003"]
    assert first.next_cursor is not None
    assert second.next_cursor is None


def test_a_hospital_comes_back_as_it_was_put(catalog: Catalog) -> None:
    assert [catalog.hospital(h.hospital_code) for h in HOSPITALS] == HOSPITALS
    assert catalog.hospital("100") is None


def test_a_new_hospital_is_offline_and_unlocked_whatever_it_says(catalog: Catalog) -> None:
    for n in range(2):
        told = replace(HOSPITALS[0], hospital_code="20000", name=f"新医院{n}", province_code="990000", online=True, locked=True)
        catalog.put_hospital(told)
        assert catalog.hospital("20000") == replace(told, online=False, locked=False)
    assert codes(catalog, HospitalFilter(province_code="990000")) == []


def test_only_an_administrator_puts_a_hospital_online_and_locks_it(catalog: Catalog) -> None:
    told = replace(HOSPITALS[0], hospital_code="20001", province_code="980000")
    catalog.put_hospital(told)
    for online, locked in itertools.product((True, False), repeat=2):
        catalog.set_online("20001", online)
        catalog.set_locked("20001", locked)
        catalog.put_hospital(told)
        assert catalog.hospital("20001") == replace(told, online=online, locked=locked)
        assert codes(catalog, HospitalFilter(province_code="980000")) == (["20001"] if online and not locked else [])


def test_a_hospital_that_is_not_there_cannot_be_put_online_or_locked(catalog: Catalog) -> None:
    catalog.set_online("2000", True)
    catalog.set_locked("2000", True)
    assert catalog.hospital("2000") is None


def test_putting_again_replaces_and_adds_nothing(catalog: Catalog) -> None:
    changed = replace(HOSPITALS[0], introduction="新的介绍")
    catalog.put_hospital(changed)
    assert catalog.hospital("1000") == changed
    catalog.put_hospital(HOSPITALS[0])
    catalog.put_departments(DEPARTMENTS)
    catalog.put_schedules(SCHEDULES)
    assert codes(catalog, HospitalFilter(province_code="110000")) == ["1000", "10001"]
    assert len(catalog.departments("1000")) == 3
    assert len(catalog.schedules("1000", None, date(2025, 1, 1), date(2025, 12, 31))) == 6


def test_putting_nothing_is_allowed(catalog: Catalog) -> None:
    catalog.put_departments([])
    catalog.put_schedules([])


def test_departments_come_in_the_order_of_group_and_code(catalog: Catalog) -> None:
    assert catalog.departments("1000") == [DEPARTMENTS[1], DEPARTMENTS[0], DEPARTMENTS[2]]
    assert catalog.departments("100") == []


def test_departments_are_paged_in_the_order_of_their_codes(catalog: Catalog) -> None:
    first = catalog.department_page("1000", 2, None)
    second = catalog.department_page("1000", 2, first.next_cursor)
    assert [*first.items, *second.items] == [DEPARTMENTS[2], DEPARTMENTS[1], DEPARTMENTS[0]]
    assert (first.next_cursor, second.next_cursor) == ("d1", None)


def test_schedules_are_paged_in_the_order_of_the_hospitals_own_ids(catalog: Catalog) -> None:
    first = catalog.schedule_page("1000", None, 4, None)
    second = catalog.schedule_page("1000", None, 4, first.next_cursor)
    found = [s.hospital_schedule_id for s in (*first.items, *second.items)]
    assert found == ["beyond", "early", "first", "last", "late", "other department"]
    assert (first.next_cursor, second.next_cursor) == ("last", None)


def test_the_schedules_of_one_day_are_paged_too(catalog: Catalog) -> None:
    first = catalog.schedule_page("1000", date(2025, 3, 2), 2, None)
    second = catalog.schedule_page("1000", date(2025, 3, 2), 2, first.next_cursor)
    assert [s.hospital_schedule_id for s in (*first.items, *second.items)] == ["early", "late", "other department"]
    assert catalog.schedule_page("10001", date(2025, 3, 2), 2, None).items == [SCHEDULES[6]]


def test_ids_of_schedules_are_those_of_the_departments_and_days(catalog: Catalog) -> None:
    def found(*departments: str, first: date = date(2025, 3, 1)) -> set[str]:
        return set(catalog.schedule_ids("1000", departments or None, first, date(2025, 3, 5)))

    late, early, first, last, _, other, _ = (s.schedule_id for s in SCHEDULES)
    assert found() == {late, early, last, other}
    assert found("d1", first=date(2025, 2, 28)) == {late, early, first, last}
    assert found("d2", "a9") == {other}
    assert set(catalog.schedule_ids("1000", [], date.min, date.max)) == set()


def test_suspended_schedules_and_those_out_of_step_are_found_from_a_day_on(catalog: Catalog) -> None:
    for own_id, day in (("before", date(2025, 3, 1)), ("on", date(2025, 3, 2)), ("after", date(2025, 4, 2))):
        catalog.put_schedules([replace(schedule("10009", own_id, day), state=ScheduleState.SUSPENDED)])
        catalog.put_schedules([replace(schedule("10009", f"closed {own_id}", day), state=ScheduleState.CLOSED, in_step=False)])
    assert set(catalog.suspended_ids(date(2025, 3, 2))) == {schedule_id_of("10009", own_id) for own_id in ("on", "after")}
    assert set(catalog.out_of_step_ids(date(2025, 3, 2))) == {schedule_id_of("10009", f"closed {own_id}") for own_id in ("on", "after")}


def test_what_is_removed_is_gone_and_nothing_else(catalog: Catalog) -> None:
    there, schedules = catalog.departments("10001"), catalog.schedule_page("10001", None, 9, None)
    catalog.put_departments([Department("10001", "d1x", "口腔科", "g1", "儿科"), Department("1000", "d1x", "口腔科", "g9", "其他")])
    catalog.put_schedules([schedule("10001", "gone", date(2025, 3, 2))])
    for _ in range(2):
        catalog.remove_department("10001", "d1x")
        catalog.remove_schedule(schedule_id_of("10001", "gone"))
    assert (catalog.departments("10001"), catalog.schedule_page("10001", None, 9, None)) == (there, schedules)
    assert catalog.department("1000", "d1x") is not None
    catalog.remove_department("1000", "d1x")


def test_a_department_is_found_in_its_own_hospital_only(catalog: Catalog) -> None:
    assert catalog.department("1000", "d1") == DEPARTMENTS[1]
    assert catalog.department("10001", "d1") == DEPARTMENTS[3]
    assert catalog.department("10001", "d2") is None
    assert catalog.department("1000/d1", "") is None


def test_schedules_come_from_the_first_to_the_last_day_morning_before_afternoon(catalog: Catalog) -> None:
    found = catalog.schedules("1000", "d1", date(2025, 2, 28), date(2025, 3, 5))
    assert [s.hospital_schedule_id for s in found] == ["first", "early", "late", "last"]
    assert catalog.schedules("1000", "d1", date(2025, 3, 2), date(2025, 3, 2)) == [SCHEDULES[1], SCHEDULES[0]]
    assert catalog.schedules("1000", "d1", date(2025, 3, 3), date(2025, 3, 4)) == []


def test_the_schedules_of_all_departments_are_found_together(catalog: Catalog) -> None:
    found = catalog.schedules("1000", None, date(2025, 3, 2), date(2025, 3, 2))
    assert {s.hospital_schedule_id for s in found} == {"early", "late", "other department"}


def test_a_schedule_is_found_by_its_id(catalog: Catalog) -> None:
    assert catalog.schedule(SCHEDULES[0].schedule_id) == SCHEDULES[0]
    assert catalog.schedule(SCHEDULES[0].schedule_id[:-1]) is None


def test_of_many_ids_those_that_exist_are_found(catalog: Catalog) -> None:
    wanted = [SCHEDULES[6].schedule_id, "nothing", SCHEDULES[1].schedule_id]
    found = catalog.schedules_by_id(wanted)
    assert sorted(found, key=lambda s: s.hospital_code) == [SCHEDULES[1], SCHEDULES[6]]
    assert catalog.schedules_by_id([]) == []


def test_a_schedule_that_is_being_worked_on_says_so(catalog: Catalog) -> None:
    for in_step in (False, True):
        catalog.put_schedules([replace(SCHEDULES[3], in_step=in_step)])
        assert catalog.schedule(SCHEDULES[3].schedule_id) == replace(SCHEDULES[3], in_step=in_step)


@pytest.mark.parametrize("state", list(ScheduleState))
def test_a_schedule_keeps_its_state(catalog: Catalog, state: ScheduleState) -> None:
    kept = replace(schedule("10001", "state", date(2025, 3, 2)), state=state)
    catalog.put_schedules([kept])
    assert catalog.schedule(kept.schedule_id) == kept
    catalog.remove_schedule(kept.schedule_id)


@pytest.mark.slow
def test_a_catalogue_that_does_not_answer_is_unavailable() -> None:
    database = mongo_database(f"mongodb://127.0.0.1:{free_port()}/guahao")
    with database.client, pytest.raises(Unavailable):
        MongoCatalog(database).hospital("1000")


def test_nothing_is_stored_over_a_suspended_schedule_but_itself(catalog: Catalog) -> None:
    usual = schedule("10001", "suspended", date(2025, 3, 2))
    lost = replace(usual, state=ScheduleState.SUSPENDED)
    catalog.put_schedules([lost])
    with pytest.raises(Unavailable):
        catalog.put_schedules([usual])
    catalog.put_schedules([lost])
    assert catalog.schedule(lost.schedule_id) == lost
    catalog.remove_schedule(lost.schedule_id)
