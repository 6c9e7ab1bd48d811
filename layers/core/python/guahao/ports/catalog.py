"""What the use cases need from the catalogue's store, and from whoever knows the free numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from guahao.domain.catalog import Department, Grade, Hospital, Schedule


@dataclass(frozen=True)
class HospitalFilter:
    """What a hospital must be like; an empty field asks for nothing. `name_part` is plain text, in any case and width."""

    name_part: str = ""
    grade: Grade | None = None
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    online_only: bool = True


@dataclass(frozen=True)
class HospitalPage:
    items: list[Hospital]
    next_cursor: str | None


class Catalog(Protocol):
    """The catalogue, offline hospitals included; each method is one request to the store, or raises `Unavailable`."""

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> HospitalPage:
        """Return a page of hospitals in the order of their codes."""
        ...

    def hospital(self, hospital_code: str) -> Hospital | None: ...

    def departments(self, hospital_code: str) -> list[Department]:
        """Return the hospital's departments in the order of group and department codes."""
        ...

    def department(self, hospital_code: str, department_code: str) -> Department | None: ...

    def schedules(self, hospital_code: str, department_code: str | None, first: date, last: date) -> list[Schedule]:
        """Return the sessions of a department, or of all, from the first to the last day, in the order of day and half-day."""
        ...

    def schedule(self, schedule_id: str) -> Schedule | None: ...

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        """Return those of the sessions that exist, in any order."""
        ...

    def put_hospital(self, hospital: Hospital) -> None:
        """Store the hospital over what is there; so do the two below."""
        ...

    def put_departments(self, departments: Sequence[Department]) -> None: ...

    def put_schedules(self, schedules: Sequence[Schedule]) -> None: ...


class FreeNumbers(Protocol):
    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Return how many numbers each session has free, 0 for one that has none or does not exist."""
        ...
