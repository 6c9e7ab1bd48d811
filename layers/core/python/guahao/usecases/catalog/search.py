"""The search of the earliest schedules with free numbers across hospitals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from guahao.domain.booking.bookable import HalfDay
from guahao.domain.catalog.booking_rule import days_on_sale, sale_ends_at
from guahao.domain.catalog.catalog import Department, Hospital
from guahao.domain.catalog.schedules import OfferedSchedule, Schedule, offered
from guahao.ports.catalog.catalog import Catalog, FreeNumbers, HospitalFilter
from guahao.ports.clock import Clock

if TYPE_CHECKING:
    from guahao.contracts.queries import EarliestQuery

# The limits of one search, so that its cost does not grow with the country. A search in one city finds everything there.
MOST_HOSPITALS = MOST_DEPARTMENTS = MOST_SCHEDULES = 300
# How often a search goes on after schedules that turned out to be full.
MOST_ROUNDS = 4
# Free numbers are read for so many schedules at once: the first often suffice, and each pool that is not built costs a read.
SCHEDULES_AT_ONCE = 50

# The codes of hospital and department.
_Codes = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class FoundSchedule(OfferedSchedule):
    """A schedule with free numbers, and the names of its hospital and department."""

    hospital_name: str
    department_name: str


@dataclass(frozen=True)
class EarliestSchedules:
    """Finds the earliest schedules that can be booked now."""

    catalog: Catalog
    free_numbers: FreeNumbers
    clock: Clock

    def find(self, query: EarliestQuery) -> list[FoundSchedule]:
        """Return schedules with free numbers in departments whose names contain the text, the earliest first; no city means all cities."""
        online = self.catalog.search(HospitalFilter(city_code=query.city), MOST_HOSPITALS, None)
        hospitals = {hospital.hospital_code: hospital for hospital in online.items}
        named = self.catalog.departments_named(query.department_name, list(hospitals), MOST_DEPARTMENTS)
        departments = {(department.hospital_code, department.department_code): department for department in named}
        found: list[FoundSchedule] = []
        seen: set[str] = set()
        since, now = date.min, self.clock()
        for _ in range(MOST_ROUNDS):
            schedules = self._on_sale(hospitals, departments, since)
            unseen = [s for s in schedules if s.schedule_id not in seen and now < sale_ends_at(s, hospitals[s.hospital_code].booking_rule)]
            while unseen and len(found) < query.limit:
                found += self._free(unseen[:SCHEDULES_AT_ONCE], hospitals, departments)
                unseen = unseen[SCHEDULES_AT_ONCE:]
            if len(found) >= query.limit or len(schedules) < MOST_SCHEDULES:
                break
            seen.update(schedule.schedule_id for schedule in schedules)
            last = schedules[-1].date
            # If one day has more schedules than a round reads, the rest of that day is skipped.
            since = last if last > since else last + timedelta(days=1)
        return found[: query.limit]

    def _on_sale(self, hospitals: Mapping[str, Hospital], departments: Mapping[_Codes, Department], since: date) -> list[Schedule]:
        """Return the earliest open schedules of the days that each hospital sells now, from `since` on, in order of time."""
        now = self.clock()
        selling: dict[tuple[date, date], list[_Codes]] = defaultdict(list)
        for codes in departments:
            selling[days_on_sale(hospitals[codes[0]].booking_rule, now)].append(codes)
        schedules: list[Schedule] = []
        for (first, last), those in selling.items():
            schedules += self.catalog.open_schedules(those, max(first, since), last, MOST_SCHEDULES)
        return sorted(schedules, key=lambda s: (s.date, s.half_day is HalfDay.AFTERNOON, s.schedule_id))[:MOST_SCHEDULES]

    def _free(
        self, schedules: list[Schedule], hospitals: Mapping[str, Hospital], departments: Mapping[_Codes, Department]
    ) -> list[FoundSchedule]:
        """Return those of the schedules that have free numbers, with their names."""
        free = self.free_numbers.free_of([schedule.schedule_id for schedule in schedules])
        return [
            FoundSchedule(
                **vars(offered(schedule, free[schedule.schedule_id])),
                hospital_name=hospitals[schedule.hospital_code].name,
                department_name=departments[schedule.hospital_code, schedule.department_code].name,
            )
            for schedule in schedules
            if free[schedule.schedule_id]
        ]
