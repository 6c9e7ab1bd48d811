"""Which day is shown, released, stopped, full; what the public sees of hospitals; what publishing leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from guahao.domain.catalog import (
    BookingRule,
    DayState,
    Department,
    Grade,
    Hospital,
    Schedule,
    closes_at,
    days_shown,
    folded,
    grouped,
    offered,
    opens_at,
    quit_until,
    schedule_id_of,
    visit_date,
)
from guahao.domain.errors import Invalid, NotFound
from guahao.domain.sessions import HalfDay, ScheduleState
from guahao.domain.time import SHANGHAI
from guahao.usecases.catalog import Hospitals, Sessions
from guahao.usecases.gateway import Published, Publishing
from tests.fakes.catalog import FakeCatalog, FakeFreeNumbers, FakeNumbers

RULE = BookingRule(cycle_days=7, release_time=time(8), stop_time=time(16, 30), quit_day_offset=-1, quit_time=time(15))
TODAY = date(2025, 3, 10)
LAST = TODAY + timedelta(days=7)
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def schedule(day: date = TODAY, own_id: str = "a", total: int = 10, state: ScheduleState = ScheduleState.OPEN) -> Schedule:
    identifier = schedule_id_of("1000", own_id)
    return Schedule(identifier, "1000", own_id, "d1", day, HalfDay.MORNING, "主任医师", "赵医生", "擅长", 5000, total, state)


def hospital(code: str = "1000", *, online: bool = True) -> Hospital:
    return Hospital(
        code, "某医院", Grade.TERTIARY_A, "三级甲等", "110000", "110100", "110101", "北京市东城区", "某路1号", RULE, online=online
    )


def state_of(day: date, now: datetime, *free: int) -> DayState:
    offers = [offered(schedule(day, str(n)), left) for n, left in enumerate(free)]
    return {d.date: d.state for d in days_shown(RULE, offers, now)}[day]


def sessions(catalog: FakeCatalog, free: FakeFreeNumbers | None = None, now: datetime | None = None) -> Sessions:
    return Sessions(catalog, free or FakeFreeNumbers(), lambda: now or at(9))


@pytest.fixture
def catalog() -> FakeCatalog:
    store = FakeCatalog()
    store.put_hospital(hospital())
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


def test_the_last_day_is_not_released_even_while_it_has_no_sessions() -> None:
    assert state_of(LAST, at(7)) is DayState.NOT_RELEASED


def test_today_stops_at_the_stop_time() -> None:
    assert state_of(TODAY, at(16, 30) - MINUTE, 5) is DayState.OPEN
    assert state_of(TODAY, at(16, 30), 5) is DayState.STOPPED
    assert state_of(TODAY + timedelta(days=1), at(23, 59), 5) is DayState.OPEN
    assert closes_at(TODAY, RULE) == datetime(2025, 3, 10, 8, 30, tzinfo=UTC)


def test_a_day_without_sessions_is_none_and_one_without_free_numbers_full() -> None:
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


def test_a_day_sums_its_sessions_and_says_when_it_opens() -> None:
    first = days_shown(RULE, [offered(schedule(own_id="a"), 3), offered(schedule(own_id="b", total=5), 0)], at(9))[0]
    assert (first.sessions, first.total, first.free, first.opens_at) == (2, 15, 3, opens_at(TODAY, RULE))


@pytest.mark.parametrize("state", [ScheduleState.CLOSED, ScheduleState.SUSPENDED])
def test_a_session_that_is_not_open_offers_no_number(state: ScheduleState) -> None:
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


def test_an_offline_hospital_is_not_there(catalog: FakeCatalog) -> None:
    catalog.put_hospital(hospital(online=False))
    catalog.put_schedules([schedule()])
    public, of = Hospitals(catalog), sessions(catalog)
    assert public.search().items == []
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
            Hospitals(catalog).get(code)


def test_an_unknown_department_is_not_found(catalog: FakeCatalog) -> None:
    with pytest.raises(NotFound):
        sessions(catalog).days("1000", "d2")


def test_a_day_outside_the_window_has_no_sessions(catalog: FakeCatalog) -> None:
    outside = [TODAY - timedelta(days=1), LAST + timedelta(days=1)]
    catalog.put_schedules([schedule(day, str(day)) for day in (*outside, LAST)])
    of = sessions(catalog)
    assert [of.of_day("1000", "d1", str(day)) for day in outside] == [[], []]
    assert len(of.of_day("1000", "d1", str(LAST))) == 1


def test_the_days_page_costs_three_reads_and_one_question_for_free_numbers(catalog: FakeCatalog) -> None:
    catalog.put_schedules([schedule(TODAY + timedelta(days=n), str(n)) for n in range(8)])
    free = FakeFreeNumbers({schedule(own_id="1").schedule_id: 4})
    days = sessions(catalog, free).days("1000", "d1")
    assert (catalog.requests, free.requests) == (3, 1)
    assert [d.free for d in days] == [0, 4, 0, 0, 0, 0, 0, 0]
    assert [d.state for d in days][:2] == [DayState.FULL, DayState.OPEN]


def test_a_new_session_has_its_numbers_before_it_is_in_the_catalogue(catalog: FakeCatalog) -> None:
    class WatchfulNumbers(FakeNumbers):
        def create(self, schedule_id: str, total: int) -> None:
            assert catalog.schedule(schedule_id) is None
            super().create(schedule_id, total)

    numbers = WatchfulNumbers()
    assert Publishing(catalog, numbers).publish_schedules([schedule()]) == [Published.CREATED]
    assert len(numbers.of(schedule().schedule_id)) == 10
    assert catalog.schedule(schedule().schedule_id) == schedule()


def test_publishing_again_changes_nothing_and_a_change_leaves_the_numbers_alone(catalog: FakeCatalog) -> None:
    numbers = FakeNumbers()
    publishing = Publishing(catalog, numbers)
    publishing.publish_schedules([schedule()])
    changed = replace(schedule(), fee_fen=100, total=12)
    assert publishing.publish_schedules([schedule(), schedule(own_id="b")]) == [Published.UNCHANGED, Published.CREATED]
    assert publishing.publish_schedules([changed]) == [Published.UPDATED]
    assert catalog.schedule(schedule().schedule_id) == replace(schedule(), fee_fen=100)
    assert len(numbers.of(schedule().schedule_id)) == 10


def test_publishing_tells_what_became_of_hospital_and_departments(catalog: FakeCatalog) -> None:
    publishing = Publishing(catalog, FakeNumbers())
    assert publishing.publish_hospital(hospital("2000")) is Published.CREATED
    assert publishing.publish_hospital(hospital("2000")) is Published.UNCHANGED
    assert publishing.publish_hospital(hospital("2000", online=False)) is Published.UPDATED
    same, new = Department("1000", "d1", "心内科", "g1", "内科"), Department("1000", "d2", "骨科", "g2", "外科")
    assert publishing.publish_departments("1000", [same, new]) == [Published.UNCHANGED, Published.CREATED]
