"""Publications count in the order in which they were signed, so that a repeat of an old one undoes no newer one."""

from __future__ import annotations

import pytest

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.errors import Conflict, NotFound
from guahao.usecases.hospitals.partner_departments import PartnerDepartments
from guahao.usecases.hospitals.partner_hospital import PartnerHospital
from tests.builders import department_entry, hospital_entry, schedule_entry
from tests.fakes.clock import FakeClock
from tests.publishing import CODE, OTHER, World, results

EARLY, LATE, LAST = 1000, 1001, 1002
STALE = [{"field": "hospitalScheduleId", "reason": "stale"}]


@pytest.fixture
def world() -> World:
    return World()


def publish(world: World, signed_at: int, *own_ids: str, code: str = CODE, **changes: object) -> list[str]:
    return results(world.service().publish_schedules(code, [schedule_entry(own_id, **changes) for own_id in own_ids], signed_at))


def departments(world: World) -> PartnerDepartments:
    return PartnerDepartments(world.catalog, world.pool, world.publication_lock, world.order, FakeClock())


def test_what_was_signed_before_the_last_one_taken_is_rejected_as_stale_element_by_element(world: World) -> None:
    publish(world, LATE, "a", title="新")
    outcomes = world.service().publish_schedules(CODE, [schedule_entry("b"), schedule_entry("a", title="旧")], EARLY)
    assert results(outcomes) == ["created", "rejected"]
    assert outcomes[1].errors == STALE
    assert world.schedule("a").title == "新"


def test_the_same_second_counts_in_order_of_arrival(world: World) -> None:
    for title in ("一", "二", "一"):
        publish(world, EARLY, "a", title=title)
        assert world.schedule("a").title == title


def test_one_that_changed_nothing_was_taken_too(world: World) -> None:
    publish(world, EARLY, "a")
    assert publish(world, LAST, "a") == ["unchanged"]
    assert publish(world, LATE, "a", title="旧") == ["rejected"]


def test_one_that_was_rejected_was_not_taken(world: World) -> None:
    publish(world, EARLY, "a")
    assert publish(world, LAST, "a", department_code="0999") == ["rejected"]
    assert publish(world, LATE, "a", title="新") == ["updated"]


def test_each_hospital_has_its_own_order(world: World) -> None:
    publish(world, LATE, "a")
    assert publish(world, EARLY, "a", code=OTHER) == ["created"]


def test_what_was_removed_is_not_brought_back_by_an_older_publication(world: World) -> None:
    publish(world, EARLY, "a")
    world.service().remove_schedule(CODE, "a", LATE)
    assert publish(world, EARLY, "a") == ["rejected"]
    assert world.catalog.schedule(schedule_id_of(CODE, "a")) is None
    assert publish(world, LAST, "a") == ["created"]


def test_a_removal_that_is_older_than_the_publication_removes_nothing(world: World) -> None:
    publish(world, LATE, "a")
    with pytest.raises(Conflict) as refusal:
        world.service().remove_schedule(CODE, "a", EARLY)
    assert refusal.value.rule == "stale"
    assert world.states() == ["free"] * len(world.states())
    departments(world).publish_departments(CODE, [department_entry("0105")], LATE)
    with pytest.raises(Conflict):
        departments(world).remove_department(CODE, "0105", EARLY)
    assert world.catalog.department(CODE, "0105")


def test_a_removal_that_found_nothing_any_more_counts_as_well(world: World) -> None:
    with pytest.raises(NotFound):
        world.service().remove_schedule(CODE, "a", LATE)
    assert publish(world, EARLY, "a") == ["rejected"]


def test_a_suspension_counts_in_whatever_order_it_arrives(world: World) -> None:
    publish(world, LATE, "a")
    world.service().suspend(CODE, "a", EARLY)
    assert world.schedule("a").state is ScheduleState.SUSPENDED


def test_departments_and_the_hospital_itself_keep_the_order_too(world: World) -> None:
    desk, itself = departments(world), PartnerHospital(world.catalog, world.pool, world.publication_lock, world.order, FakeClock())
    assert results(desk.publish_departments(CODE, [department_entry("0101", name="新")], LATE)) == ["updated"]
    [late] = desk.publish_departments(CODE, [department_entry("0101", name="旧")], EARLY)
    assert (late.result, late.errors) == ("rejected", [{"field": "departmentCode", "reason": "stale"}])
    desk.remove_department(CODE, "0101", LAST)
    assert results(desk.publish_departments(CODE, [department_entry("0101")], LATE)) == ["rejected"]
    assert itself.publish_hospital(CODE, hospital_entry(name="新"), LATE).result == "updated"
    stale = itself.publish_hospital(CODE, hospital_entry(name="旧"), EARLY)
    assert (stale.result, stale.errors) == ("rejected", [{"field": "hospitalCode", "reason": "stale"}])
    assert itself.hospital(CODE).name == "新"
