"""Looking around: hospitals, their departments, and what can be booked on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guahao.domain.catalog import (
    Day,
    DepartmentGroup,
    Grade,
    Hospital,
    NamedHospital,
    OfferedSchedule,
    Schedule,
    days_shown,
    grouped,
    named,
    offered,
    terms_of,
    visit_date,
    window,
)
from guahao.domain.errors import NotFound
from guahao.domain.sessions import ScheduleState
from guahao.ports.catalog import Catalog, FreeNumbers, HospitalFilter, HospitalPage
from guahao.ports.clock import Clock
from guahao.ports.dictionary import Names


@dataclass(frozen=True)
class Hospitals:
    """The hospitals that are online, as anyone sees them: a page asks for all its names at once."""

    catalog: Catalog
    names: Names

    def search(
        self,
        *,
        name_part: str = "",
        grade: int | None = None,
        province_code: str = "",
        city_code: str = "",
        district_code: str = "",
        limit: int = 20,
        cursor: str | None = None,
    ) -> HospitalPage:
        """Return a page of the hospitals that fit; what is empty asks for nothing."""
        wanted = HospitalFilter(name_part, Grade(grade) if grade else None, province_code, city_code, district_code)
        page = self.catalog.search(wanted, limit, cursor)
        return HospitalPage(with_names(self.names, page.items), page.next_cursor)

    def get(self, hospital_code: str) -> NamedHospital:
        """Return the hospital or raise NotFound; an offline one is not there."""
        return with_names(self.names, [online_hospital(self.catalog, hospital_code)])[0]

    def departments(self, hospital_code: str) -> list[DepartmentGroup]:
        """Return the hospital's two-level tree."""
        online_hospital(self.catalog, hospital_code)
        return grouped(self.catalog.departments(hospital_code))


@dataclass(frozen=True)
class Sessions:
    """What departments offer, day by day."""

    catalog: Catalog
    free_numbers: FreeNumbers
    clock: Clock

    def days(self, hospital_code: str, department_code: str) -> list[Day]:
        """Return every day that the department shows now, from today to the day that is released last."""
        hospital = self._hospital_of(hospital_code, department_code)
        now = self.clock()
        first, last = window(hospital.booking_rule, now)
        schedules = self.catalog.schedules(hospital_code, department_code, first, last)
        return days_shown(hospital.booking_rule, offers(self.free_numbers, schedules), now)

    def of_day(self, hospital_code: str, department_code: str, day: str) -> list[OfferedSchedule]:
        """Return the department's sessions of a day (YYYY-MM-DD), none for a day that is not shown now."""
        date = visit_date(day)
        hospital = self._hospital_of(hospital_code, department_code)
        first, last = window(hospital.booking_rule, self.clock())
        if not first <= date <= last:
            return []
        return offers(self.free_numbers, self.catalog.schedules(hospital_code, department_code, date, date))

    def get(self, schedule_id: str) -> OfferedSchedule:
        """Return one session or raise NotFound."""
        schedule = self.catalog.schedule(schedule_id)
        if schedule is None:
            raise NotFound("There is no such session.")
        online_hospital(self.catalog, schedule.hospital_code)
        return offers(self.free_numbers, [schedule])[0]

    def _hospital_of(self, hospital_code: str, department_code: str) -> Hospital:
        hospital = online_hospital(self.catalog, hospital_code)
        if self.catalog.department(hospital_code, department_code) is None:
            raise NotFound("This hospital has no such department.")
        return hospital


def with_names(names: Names, hospitals: Sequence[Hospital]) -> list[NamedHospital]:
    """Return the hospitals with all their names, asked for at once."""
    found = names.names({term for hospital in hospitals for term in terms_of(hospital)})
    return [named(hospital, found) for hospital in hospitals]


def offers(free_numbers: FreeNumbers, schedules: Sequence[Schedule]) -> list[OfferedSchedule]:
    """Return the sessions with what each offers."""
    open_ids = [s.schedule_id for s in schedules if s.state is ScheduleState.OPEN]
    free = free_numbers.free_of(open_ids) if open_ids else {}
    return [offered(schedule, free.get(schedule.schedule_id, 0)) for schedule in schedules]


def online_hospital(catalog: Catalog, hospital_code: str) -> Hospital:
    """Return the hospital if it is there, online and not locked, or raise NotFound."""
    hospital = catalog.hospital(hospital_code)
    if hospital is None or not hospital.open_to_patients:
        raise NotFound("There is no such hospital here. GET /api/hospitals lists those there are.")
    return hospital
