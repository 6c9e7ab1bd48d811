"""The catalogue and its free numbers, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from guahao.domain.booking import Number, NumberState
from guahao.domain.catalog import Department, Hospital, Schedule, folded
from guahao.domain.sessions import HalfDay
from guahao.ports.catalog import HospitalFilter, HospitalPage


class FakeCatalog:
    """A catalogue that counts the requests made of it."""

    def __init__(self) -> None:
        self.requests = 0
        self._hospitals: dict[str, Hospital] = {}
        self._departments: dict[tuple[str, str], Department] = {}
        self._schedules: dict[str, Schedule] = {}

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> HospitalPage:
        self.requests += 1
        found = [h for code, h in sorted(self._hospitals.items()) if code > (cursor or "") and _fits(h, wanted)]
        return HospitalPage(found[:limit], found[limit - 1].hospital_code if len(found) > limit else None)

    def hospital(self, hospital_code: str) -> Hospital | None:
        self.requests += 1
        return self._hospitals.get(hospital_code)

    def departments(self, hospital_code: str) -> list[Department]:
        self.requests += 1
        found = [d for d in self._departments.values() if d.hospital_code == hospital_code]
        return sorted(found, key=lambda d: (d.group_code, d.department_code))

    def department(self, hospital_code: str, department_code: str) -> Department | None:
        self.requests += 1
        return self._departments.get((hospital_code, department_code))

    def schedules(self, hospital_code: str, department_code: str | None, first: date, last: date) -> list[Schedule]:
        self.requests += 1
        found = [
            s
            for s in self._schedules.values()
            if s.hospital_code == hospital_code and department_code in (None, s.department_code) and first <= s.date <= last
        ]
        return sorted(found, key=lambda s: (s.date, s.half_day is HalfDay.AFTERNOON, s.schedule_id))

    def schedule(self, schedule_id: str) -> Schedule | None:
        self.requests += 1
        return self._schedules.get(schedule_id)

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        self.requests += 1
        return [self._schedules[i] for i in schedule_ids if i in self._schedules]

    def put_hospital(self, hospital: Hospital) -> None:
        self._hospitals[hospital.hospital_code] = hospital

    def put_departments(self, departments: Sequence[Department]) -> None:
        self._departments.update({(d.hospital_code, d.department_code): d for d in departments})

    def put_schedules(self, schedules: Sequence[Schedule]) -> None:
        self._schedules.update({s.schedule_id: s for s in schedules})


class FakeFreeNumbers:
    """Free numbers as set by the test, and how often somebody asked."""

    def __init__(self, free: dict[str, int] | None = None) -> None:
        self.free = free or {}
        self.requests = 0

    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        self.requests += 1
        return {schedule_id: self.free.get(schedule_id, 0) for schedule_id in schedule_ids}


class FakeNumbers:
    """The numbers of sessions."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[int, Number]] = defaultdict(dict)

    def of(self, schedule_id: str) -> list[Number]:
        return [number for _, number in sorted(self._numbers[schedule_id].items())]

    def create(self, schedule_id: str, total: int) -> None:
        for n in range(1, total + 1):
            self._numbers[schedule_id].setdefault(n, Number(n, NumberState.FREE))

    def put(self, schedule_id: str, number: Number) -> None:
        self._numbers[schedule_id][number.number] = number


def _fits(hospital: Hospital, wanted: HospitalFilter) -> bool:
    return (
        folded(wanted.name_part) in folded(hospital.name)
        and (hospital.online or not wanted.online_only)
        and wanted.grade in (None, hospital.grade)
        and wanted.province_code in ("", hospital.province_code)
        and wanted.city_code in ("", hospital.city_code)
        and wanted.district_code in ("", hospital.district_code)
    )
