"""Finding the earliest sessions with a free number, whichever hospitals hold them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guahao.domain.catalog import Department, Hospital, OfferedSchedule, Schedule, days_on_sale, offered
from guahao.domain.sessions import HalfDay
from guahao.ports.catalog import Catalog, FreeNumbers, HospitalFilter
from guahao.ports.clock import Clock

# What one search looks at, at most: its cost must not grow with the country. Who names a city sees all there is.
MOST_HOSPITALS = MOST_DEPARTMENTS = MOST_SESSIONS = 300
# So often it goes on behind sessions that turned out to be full.
MOST_ROUNDS = 4
# So many are asked for their free numbers at once. The first often suffice, and a pool that is not built costs a read of its own.
SESSIONS_AT_ONCE = 50

# The codes of hospital and department.
_Codes = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class FoundSession(OfferedSchedule):
    """A session with free numbers, and where it is held."""

    hospital_name: str
    department_name: str


@dataclass(frozen=True)
class EarliestSessions:
    """The sessions nearest in time that can be booked now."""

    catalog: Catalog
    free_numbers: FreeNumbers
    clock: Clock

    def find(self, department_name: str, city_code: str, limit: int) -> list[FoundSession]:
        """Return sessions with free numbers, the earliest first, of departments whose names contain the text; no city means all cities."""
        online = self.catalog.search(HospitalFilter(city_code=city_code), MOST_HOSPITALS, None)
        hospitals = {hospital.hospital_code: hospital for hospital in online.items}
        named = self.catalog.departments_named(department_name, list(hospitals), MOST_DEPARTMENTS)
        departments = {(department.hospital_code, department.department_code): department for department in named}
        found: list[FoundSession] = []
        seen: set[str] = set()
        since = date.min
        for _ in range(MOST_ROUNDS):
            sessions = self._on_sale(hospitals, departments, since)
            unseen = [session for session in sessions if session.schedule_id not in seen]
            while unseen and len(found) < limit:
                found += self._free(unseen[:SESSIONS_AT_ONCE], hospitals, departments)
                unseen = unseen[SESSIONS_AT_ONCE:]
            if len(found) >= limit or len(sessions) < MOST_SESSIONS:
                break
            seen.update(session.schedule_id for session in sessions)
            last = sessions[-1].date
            # A day with more sessions than are looked at ends with those that were.
            since = last if last > since else last + timedelta(days=1)
        return found[:limit]

    def _on_sale(self, hospitals: Mapping[str, Hospital], departments: Mapping[_Codes, Department], since: date) -> list[Schedule]:
        """Return the earliest open sessions of the days that each hospital sells now, from a day on, in time's order."""
        now = self.clock()
        selling: dict[tuple[date, date], list[_Codes]] = defaultdict(list)
        for codes in departments:
            selling[days_on_sale(hospitals[codes[0]].booking_rule, now)].append(codes)
        sessions: list[Schedule] = []
        for (first, last), those in selling.items():
            sessions += self.catalog.open_schedules(those, max(first, since), last, MOST_SESSIONS)
        return sorted(sessions, key=lambda s: (s.date, s.half_day is HalfDay.AFTERNOON, s.schedule_id))[:MOST_SESSIONS]

    def _free(
        self, sessions: list[Schedule], hospitals: Mapping[str, Hospital], departments: Mapping[_Codes, Department]
    ) -> list[FoundSession]:
        """Return those of the sessions that have free numbers, with their names."""
        free = self.free_numbers.free_of([session.schedule_id for session in sessions])
        return [
            FoundSession(
                **vars(offered(session, free[session.schedule_id])),
                hospital_name=hospitals[session.hospital_code].name,
                department_name=departments[session.hospital_code, session.department_code].name,
            )
            for session in sessions
            if free[session.schedule_id]
        ]
