"""Bookable days and schedules, as anyone sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.catalog.booking_rule import shown_at, window
from guahao.domain.catalog.catalog import Hospital
from guahao.domain.catalog.days import Day, days_shown, visit_date
from guahao.domain.catalog.schedules import OfferedSchedule, Schedule, offered
from guahao.domain.errors import NotFound
from guahao.ports.catalog.catalog import Catalog, FreeNumbers
from guahao.ports.clock import Clock
from guahao.usecases.catalog.catalog import online_hospital


@dataclass(frozen=True)
class Schedules:
    """The bookable days and schedules of departments."""

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
        """Return the department's schedules of a day (YYYY-MM-DD), none for a day that is not shown now."""
        date = visit_date(day)
        hospital = self._hospital_of(hospital_code, department_code)
        first, last = window(hospital.booking_rule, self.clock())
        if not first <= date <= last:
            return []
        return self._shown(hospital, self.catalog.schedules(hospital_code, department_code, date, date))

    def get(self, schedule_id: str) -> OfferedSchedule:
        """Return one schedule or raise NotFound."""
        schedule = self.catalog.schedule(schedule_id)
        if schedule is None:
            raise NotFound("There is no such schedule.")
        return self._shown(online_hospital(self.catalog, schedule.hospital_code), [schedule])[0]

    def _shown(self, hospital: Hospital, schedules: Sequence[Schedule]) -> list[OfferedSchedule]:
        now, found = self.clock(), offers(self.free_numbers, schedules)
        return [shown_at(now, hospital.booking_rule, offer) for offer in found]

    def _hospital_of(self, hospital_code: str, department_code: str) -> Hospital:
        hospital = online_hospital(self.catalog, hospital_code)
        if self.catalog.department(hospital_code, department_code) is None:
            raise NotFound("This hospital has no such department.")
        return hospital


def offers(free_numbers: FreeNumbers, schedules: Sequence[Schedule]) -> list[OfferedSchedule]:
    """Return the schedules with their bookable numbers."""
    open_ids = [s.schedule_id for s in schedules if s.state is ScheduleState.OPEN]
    free = free_numbers.free_of(open_ids) if open_ids else {}
    return [offered(schedule, free.get(schedule.schedule_id, 0)) for schedule in schedules]
