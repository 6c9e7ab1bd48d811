"""Which day is shown, released, stopped, full; what the public sees of hospitals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from guahao.contracts.queries import HospitalQuery
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.booking_rule import BookingRule, closes_at, opens_at, quit_until
from guahao.domain.catalog.catalog import Department, Grade, Hospital, grouped, region_name
from guahao.domain.catalog.days import DayState, days_shown, visit_date
from guahao.domain.catalog.schedules import Schedule, offered, schedule_id_of
from guahao.domain.errors import Invalid, NotFound
from guahao.domain.texts import folded
from guahao.domain.time import SHANGHAI
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.catalog.catalog import Hospitals
from guahao.usecases.catalog.schedules import Schedules
from tests.fakes.catalog import FakeCatalog, FakeFreeNumbers
from tests.fakes.dictionary import FakeNames

RULE = BookingRule(cycle_days=7, release_time=time(8), stop_time=time(16, 30), quit_day_offset=-1, quit_time=time(15))
TODAY = date(2025, 3, 10)
LAST = TODAY + timedelta(days=7)
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def schedule(day: date = TODAY, own_id: str = "a", total: int = 10, state: ScheduleState = ScheduleState.OPEN) -> Schedule:
    identifier = schedule_id_of("1000", own_id)
    return Schedule(identifier, "1000", own_id, "d1", day, HalfDay.MORNING, "主任医师", "赵医生", "擅长", 5000, total, state)


def hospital(code: str = "1000") -> Hospital:
    return Hospital(code, "某医院", Grade.TERTIARY_A, "110000", "110100", "110101", "某路1号", RULE)


def state_of(day: date, now: datetime, *free: int) -> DayState:
    offers = [offered(schedule(day, str(n)), left) for n, left in enumerate(free)]
    return {d.date: d.state for d in days_shown(RULE, offers, now)}[day]


def schedules(catalog: FakeCatalog, free: FakeFreeNumbers | None = None, now: datetime | None = None) -> Schedules:
    return Schedules(catalog, free or FakeFreeNumbers(), lambda: now or at(9))


@pytest.fixture
def catalog() -> FakeCatalog:
    store = FakeCatalog()
    store.put_hospital(hospital())
    store.set_online("1000", True)
    store.put_departments([Department("1000", "d1", "心内科", "g1", "内科")])
    return store


def test_a_day_is_released_its_cycle_earlier_at_the_release_time_of_shanghai() -> None:
    assert opens_at(LAST, RULE) == datetime(2025, 3, 10, 0, 0, tzinfo=UTC)
    assert opens_at(date(2025, 1, 3), RULE) == datetime(2024, 12, 27, 0, 0, tzinfo=UTC)


def test_the_last_day_is_not_released_until_the_very_minute() -> None:
    assert state_of(LAST, at(8) - timedelta(seconds=1), 5) is DayState.NOT_RELEASED
    assert state_of(LAST, at(8), 5) is DayState.OPEN


def test_the_days_before_the_last_are_open_even_before_todays_release_time() -> None:
    assert {state_of(TODAY + timedelta(days=n), at(0, 1), 5) for n in range(7)} == {DayState.OPEN}


def test_the_last_day_is_not_released_even_while_it_has_no_schedules() -> None:
    assert state_of(LAST, at(7)) is DayState.NOT_RELEASED


def test_today_stops_at_the_stop_time() -> None:
    assert state_of(TODAY, at(16, 30) - MINUTE) is DayState.NONE
    assert state_of(TODAY, at(16, 30), 5) is DayState.STOPPED
    assert state_of(TODAY + timedelta(days=1), at(23, 59), 5) is DayState.OPEN
    assert closes_at(TODAY, RULE) == datetime(2025, 3, 10, 8, 30, tzinfo=UTC)


def test_a_day_without_schedules_is_none_and_one_without_free_numbers_full() -> None:
    assert state_of(TODAY, at(9)) is DayState.NONE
    assert state_of(TODAY, at(9), 0, 0) is DayState.FULL
    assert state_of(TODAY, at(9), 0, 1) is DayState.OPEN


def test_the_quit_deadline_counts_from_the_visit() -> None:
    assert quit_until(date(2025, 3, 1), RULE) == datetime(2025, 2, 28, 7, 0, tzinfo=UTC)
    assert quit_until(TODAY, replace(RULE, quit_day_offset=0)) == datetime(2025, 3, 10, 7, 0, tzinfo=UTC)


def test_today_is_the_day_of_shanghai() -> None:
    late_in_london = datetime(2025, 3, 9, 16, 0, tzinfo=UTC)
    shown = days_shown(RULE, [], late_in_london)
    assert (shown[0].date, shown[-1].date, len(shown)) == (TODAY, LAST, 8)


@pytest.mark.parametrize("day", [date(2025, 3, 30), date(2025, 10, 26), date(2024, 2, 29), date(2025, 12, 31)])
def test_no_change_of_clocks_elsewhere_moves_a_moment(day: date) -> None:
    assert opens_at(day + timedelta(days=1), RULE) - opens_at(day, RULE) == timedelta(days=1)
    assert closes_at(day, RULE).astimezone(SHANGHAI).time() == RULE.stop_time


def test_a_day_sums_its_schedules_and_says_when_it_opens() -> None:
    first = days_shown(RULE, [offered(schedule(own_id="a"), 3), offered(schedule(own_id="b", total=5), 0)], at(9))[0]
    assert (first.schedules, first.total, first.free, first.opens_at) == (2, 15, 3, opens_at(TODAY, RULE))


@pytest.mark.parametrize("state", [ScheduleState.CLOSED, ScheduleState.SUSPENDED])
def test_a_schedule_that_is_not_open_offers_no_number(state: ScheduleState) -> None:
    assert offered(schedule(state=state), 10).free == 0


def test_a_schedule_id_is_exact_and_always_the_same() -> None:
    assert schedule_id_of("1000", "1") == schedule_id_of("1000", "1") == "vxlvus3y64wnw4vueshccqmdyy"
    assert len({schedule_id_of("1000", "11"), schedule_id_of("10001", "1"), schedule_id_of("100", "011")}) == 3


@pytest.mark.parametrize("text", ["2025-02-29", "20250310", "2025-W11-1", "", "2025-3-1", "２０２５-03-10", "2025-03-10T00:00"])
def test_only_a_day_of_the_calendar_is_a_visit_date(text: str) -> None:
    with pytest.raises(Invalid):
        visit_date(text)


def test_names_compare_without_case_and_width() -> None:
    assert folded(" Ｕnion（１）") == "union(1)"


def test_departments_stand_in_groups_in_their_order() -> None:
    heart, bone, lung = (Department("1000", c, c, g, g + "科") for c, g in (("heart", "内"), ("bone", "外"), ("lung", "内")))
    assert [(g.group_name, g.departments) for g in grouped([heart, bone, lung])] == [("内科", (heart, lung)), ("外科", (bone,))]


@pytest.mark.parametrize(("online", "locked"), [(False, False), (True, True), (False, True)])
def test_a_hospital_that_is_offline_or_locked_is_not_there(catalog: FakeCatalog, online: bool, locked: bool) -> None:
    catalog.set_online("1000", online)
    catalog.set_locked("1000", locked)
    catalog.put_schedules([schedule()])
    assert [s.online for s in bookable_schedules(catalog, [schedule().schedule_id]).values()] == [False]
    public, of = Hospitals(catalog, FakeNames()), schedules(catalog)
    assert public.search(HospitalQuery()).items == []
    for look in (
        lambda: public.get("1000"),
        lambda: public.departments("1000"),
        lambda: of.days("1000", "d1"),
        lambda: of.of_day("1000", "d1", "2025-03-10"),
        lambda: of.get(schedule().schedule_id),
    ):
        with pytest.raises(NotFound):
            look()


def test_a_code_finds_its_own_hospital_only(catalog: FakeCatalog) -> None:
    for code in ("100", "10001", ""):
        with pytest.raises(NotFound):
            Hospitals(catalog, FakeNames()).get(code)


def test_a_hospital_is_shown_with_the_names_of_its_grade_and_region(catalog: FakeCatalog) -> None:
    regions = {("Province", "110000"): "北京市", ("Province", "110100"): "市辖区", ("Province", "110101"): "东城区"}
    shown = Hospitals(catalog, FakeNames({("Hostype", "1"): "三级甲等", **regions})).get("1000")
    assert (shown.grade_name, shown.region_name) == ("三级甲等", "北京市东城区")


def test_a_code_that_the_dictionary_does_not_know_has_no_name(catalog: FakeCatalog) -> None:
    shown = Hospitals(catalog, FakeNames({("Province", "110000"): "北京市"})).get("1000")
    assert (shown.grade_name, shown.region_name) == ("", "北京市")


def test_a_page_of_hospitals_asks_once_for_all_its_names(catalog: FakeCatalog) -> None:
    for n in range(19):
        catalog.put_hospital(replace(hospital(f"2{n}"), grade=Grade.PRIMARY))
        catalog.set_online(f"2{n}", True)
    names = FakeNames()
    assert len(Hospitals(catalog, names).search(HospitalQuery()).items) == 20
    assert names.asked == [{("Hostype", "1"), ("Hostype", "5"), ("Province", "110000"), ("Province", "110100"), ("Province", "110101")}]


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (["北京市", "市辖区", "东城区"], "北京市东城区"),
        (["重庆市", "县", "城口县"], "重庆市城口县"),
        (["湖北省", "省直辖县级行政区划", "仙桃市"], "湖北省仙桃市"),
        (["新疆维吾尔自治区", "自治区直辖县级行政区划", "石河子市"], "新疆维吾尔自治区石河子市"),
        (["江苏省", "南京市", "鼓楼区"], "江苏省南京市鼓楼区"),
        (["广东省", "东莞市", ""], "广东省东莞市"),
        (["广东省", "东莞市", "东莞市"], "广东省东莞市"),
        (["甘肃省", "嘉峪关市", "嘉峪关市"], "甘肃省嘉峪关市"),
        (["香港特别行政区", "湾仔区", ""], "香港特别行政区湾仔区"),
    ],
)
def test_a_regions_name_leaves_out_what_only_stands_for_a_city(names: list[str], name: str) -> None:
    assert region_name(names) == name


def test_an_unknown_department_is_not_found(catalog: FakeCatalog) -> None:
    with pytest.raises(NotFound):
        schedules(catalog).days("1000", "d2")


def test_a_day_outside_the_window_has_no_schedules(catalog: FakeCatalog) -> None:
    outside = [TODAY - timedelta(days=1), LAST + timedelta(days=1)]
    catalog.put_schedules([schedule(day, str(day)) for day in (*outside, LAST)])
    of = schedules(catalog)
    assert [of.of_day("1000", "d1", str(day)) for day in outside] == [[], []]
    assert len(of.of_day("1000", "d1", str(LAST))) == 1


def test_the_days_page_costs_three_reads_and_one_question_for_free_numbers(catalog: FakeCatalog) -> None:
    catalog.put_schedules([schedule(TODAY + timedelta(days=n), str(n)) for n in range(8)])
    free = FakeFreeNumbers({schedule(own_id="1").schedule_id: 4})
    days = schedules(catalog, free).days("1000", "d1")
    assert (catalog.requests, free.requests) == (3, 1)
    assert [d.free for d in days] == [0, 4, 0, 0, 0, 0, 0, 0]
    assert [d.state for d in days][:2] == [DayState.FULL, DayState.OPEN]
