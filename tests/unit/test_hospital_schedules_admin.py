"""A hospital's departments and schedules as operators see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guahao.contracts.queries import CatalogueSchedulesQuery
from guahao.domain.catalog.schedules import schedule_id_of
from guahao.domain.errors import Invalid
from guahao.usecases.hospitals.hospital_schedules_admin import SchedulesAdmin
from tests.builders import VISIT, schedule_entry
from tests.fakes.catalog import FakeFreeNumbers
from tests.publishing import CODE
from tests.unit.test_hospitals_admin import ACTOR, House


def test_the_schedules_of_a_day_come_page_by_page_with_their_free_numbers() -> None:
    house = House()
    house.hospitals_admin().put_offline(ACTOR, CODE)
    house.publish(schedule_entry("b", half_day="afternoon"), schedule_entry("c", date=VISIT + timedelta(days=1)))
    house.publish(schedule_entry("d", half_day="afternoon", department_code="0102", state="closed"))
    free = FakeFreeNumbers({schedule_id_of(CODE, own_id): 2 for own_id in "abcd"})
    service, listed, cursor = SchedulesAdmin(house.catalog, free), [], None
    for _ in range(3):
        page = service.of_day(CODE, CatalogueSchedulesQuery(date=VISIT, limit=1, cursor=cursor))
        listed += [(schedule.hospital_schedule_id, schedule.free) for schedule in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert (listed[0], set(listed[1:])) == (("a", 2), {("b", 2), ("d", 0)})
    assert free.requests == 2
    assert [s.hospital_schedule_id for s in service.of_day(CODE, CatalogueSchedulesQuery(date=VISIT, department_code="0102")).items] == [
        "d"
    ]
    with pytest.raises(Invalid):
        service.of_day(CODE, CatalogueSchedulesQuery(date=VISIT, department_code="0102", cursor=schedule_id_of(CODE, "a")))


def test_the_departments_of_an_offline_hospital_are_shown() -> None:
    house = House()
    house.catalog.set_online(CODE, False)
    [group] = house.hospitals_admin().departments(CODE)
    assert [department.department_code for department in group.departments] == ["0101", "0102"]
