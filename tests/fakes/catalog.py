"""The catalogue and its free numbers, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.numbers_on_sale import on_sale, stays_right
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.catalog.catalog import Department, Hospital
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.errors import Unavailable
from guahao.domain.texts import folded
from guahao.ports.catalog.catalog import HospitalFilter, Standing
from guahao.ports.pages import Page


class FakeCatalog:
    """A catalogue that counts the requests made of it."""

    def __init__(self) -> None:
        self.requests = 0
        self._hospitals: dict[str, Hospital] = {}
        self._departments: dict[tuple[str, str], Department] = {}
        self._schedules: dict[str, Schedule] = {}

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> Page[Hospital]:
        self.requests += 1
        found = [h for code, h in sorted(self._hospitals.items()) if code > (cursor or "") and _fits(h, wanted)]
        return Page(found[:limit], found[limit - 1].hospital_code if len(found) > limit else None)

    def hospital(self, hospital_code: str) -> Hospital | None:
        self.requests += 1
        return self._hospitals.get(hospital_code)

    def hospitals_by_code(self, hospital_codes: Sequence[str]) -> list[Hospital]:
        self.requests += 1
        return [self._hospitals[code] for code in hospital_codes if code in self._hospitals]

    def departments(self, hospital_code: str) -> list[Department]:
        self.requests += 1
        found = [d for d in self._departments.values() if d.hospital_code == hospital_code]
        return sorted(found, key=lambda d: (d.group_code, d.department_code))

    def department_page(self, hospital_code: str, limit: int, cursor: str | None) -> Page[Department]:
        found = sorted(self.departments(hospital_code), key=lambda d: d.department_code)
        found = [d for d in found if d.department_code > (cursor or "")]
        return Page(found[:limit], found[limit - 1].department_code if len(found) > limit else None)

    def department(self, hospital_code: str, department_code: str) -> Department | None:
        self.requests += 1
        return self._departments.get((hospital_code, department_code))

    def departments_by_code(self, codes: Sequence[tuple[str, str]]) -> list[Department]:
        self.requests += 1
        return [self._departments[code] for code in codes if code in self._departments]

    def departments_named(self, name_part: str, hospital_codes: Sequence[str], limit: int) -> list[Department]:
        self.requests += 1
        found = [d for d in self._departments.values() if d.hospital_code in hospital_codes and folded(name_part) in folded(d.name)]
        return sorted(found, key=lambda d: (d.hospital_code, d.department_code))[:limit]

    def schedules(self, hospital_code: str, department_code: str | None, first: date, last: date) -> list[Schedule]:
        self.requests += 1
        found = [
            s
            for s in self._schedules.values()
            if s.hospital_code == hospital_code and department_code in (None, s.department_code) and first <= s.date <= last
        ]
        return sorted(found, key=_in_time)

    def open_schedules(self, departments: Sequence[tuple[str, str]], first: date, last: date, limit: int) -> list[Schedule]:
        self.requests += 1
        there = [s for s in self._schedules.values() if (s.hospital_code, s.department_code) in departments and first <= s.date <= last]
        return sorted((s for s in there if s.state is ScheduleState.OPEN), key=_in_time)[:limit]

    def schedule_page(self, hospital_code: str, day: date | None, limit: int, cursor: str | None) -> Page[Schedule]:
        found = self.schedules(hospital_code, None, day or date.min, day or date.max)
        found = sorted((s for s in found if s.hospital_schedule_id > (cursor or "")), key=lambda s: s.hospital_schedule_id)
        return Page(found[:limit], found[limit - 1].hospital_schedule_id if len(found) > limit else None)

    def schedule_ids(self, hospital_code: str, department_codes: Sequence[str] | None, first: date, last: date) -> list[str]:
        found = self.schedules(hospital_code, None, first, last)
        return [s.schedule_id for s in found if department_codes is None or s.department_code in department_codes]

    def suspended_ids(self, first: date) -> list[str]:
        self.requests += 1
        return [s.schedule_id for s in self._schedules.values() if s.state is ScheduleState.SUSPENDED and s.date >= first]

    def out_of_step_ids(self, first: date) -> list[str]:
        self.requests += 1
        return [s.schedule_id for s in self._schedules.values() if not s.in_step and s.date >= first]

    def schedule(self, schedule_id: str) -> Schedule | None:
        self.requests += 1
        return self._schedules.get(schedule_id)

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        self.requests += 1
        return [self._schedules[i] for i in schedule_ids if i in self._schedules]

    def put_hospital(self, hospital: Hospital) -> None:
        before = self._hospitals.get(hospital.hospital_code)
        kept = {"online": before is not None and before.online, "locked": before is not None and before.locked}
        self._hospitals[hospital.hospital_code] = replace(hospital, **kept)

    def set_online(self, hospital_code: str, online: bool) -> None:
        if found := self._hospitals.get(hospital_code):
            self._hospitals[hospital_code] = replace(found, online=online)

    def set_locked(self, hospital_code: str, locked: bool) -> None:
        if found := self._hospitals.get(hospital_code):
            self._hospitals[hospital_code] = replace(found, locked=locked)

    def put_departments(self, departments: Sequence[Department]) -> None:
        self._departments.update({(d.hospital_code, d.department_code): d for d in departments})

    def put_schedules(self, schedules: Sequence[Schedule]) -> None:
        there = (self._schedules.get(schedule.schedule_id) for schedule in schedules if schedule.state is not ScheduleState.SUSPENDED)
        if any(before and before.state is ScheduleState.SUSPENDED for before in there):
            raise Unavailable("A suspended schedule is there.")
        self._schedules.update({s.schedule_id: s for s in schedules})

    def remove_department(self, hospital_code: str, department_code: str) -> None:
        self._departments.pop((hospital_code, department_code), None)

    def remove_schedule(self, schedule_id: str) -> None:
        self._schedules.pop(schedule_id, None)


class FakeFreeNumbers:
    """Free numbers as set by the test, and how often somebody asked."""

    def __init__(self, free: dict[str, int] | None = None) -> None:
        self.free = free or {}
        self.requests = 0

    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        self.requests += 1
        return {schedule_id: self.free.get(schedule_id, 0) for schedule_id in schedule_ids}


class FakeNumbers:
    """The numbers of schedules."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[int, Number]] = defaultdict(dict)
        self._withdrawn: dict[str, set[int]] = defaultdict(set)

    def of(self, schedule_id: str) -> list[Number]:
        return [self._sellable(schedule_id, number) for _, number in sorted(self._numbers[schedule_id].items())]

    def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
        there = self._numbers[schedule_id]
        if reopen and total:
            there.update({n: replace(found, state=NumberState.FREE) for n, found in there.items() if found.state is NumberState.CLOSED})
        gone = self.gone(schedule_id)
        kept = on_sale(gone, total)
        there.update({n: Number(n, NumberState.FREE) for n in kept - there.keys()})
        self._withdrawn[schedule_id] = set(there) - kept
        return stays_right(gone, total)

    def gone(self, schedule_id: str) -> set[int]:
        """Return the numbers that are held, sold or refused."""
        return {n for n, found in self._numbers[schedule_id].items() if found.state is not NumberState.FREE}

    def _sellable(self, schedule_id: str, number: Number) -> Number:
        withdrawn = number.number in self._withdrawn[schedule_id]
        closed = number.state is NumberState.FREE and withdrawn
        return replace(number, state=NumberState.CLOSED if closed else number.state, withdrawn=withdrawn)

    def put(self, schedule_id: str, number: Number) -> None:
        self._numbers[schedule_id][number.number] = number


def _in_time(schedule: Schedule) -> tuple[date, bool, str]:
    return schedule.date, schedule.half_day is HalfDay.AFTERNOON, schedule.schedule_id


def _fits(hospital: Hospital, wanted: HospitalFilter) -> bool:
    return (
        folded(wanted.name_part) in folded(hospital.name)
        and _stands(hospital, wanted.standing)
        and wanted.grade in (None, hospital.grade)
        and wanted.province_code in ("", hospital.province_code)
        and wanted.city_code in ("", hospital.city_code)
        and wanted.district_code in ("", hospital.district_code)
    )


def _stands(hospital: Hospital, standing: Standing | None) -> bool:
    is_so = {Standing.ONLINE: hospital.open_to_patients, Standing.OFFLINE: not hospital.online, Standing.LOCKED: hospital.locked}
    return standing is None or is_so[standing]
