"""The catalogue and the free numbers, as the use cases need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from guahao.domain.catalog.catalog import Department, Grade, Hospital
from guahao.domain.catalog.schedules import Schedule
from guahao.ports.pages import Page


class Standing(StrEnum):
    """The state of a hospital that administrators set. An offline hospital may be locked too."""

    ONLINE = "online"  # open to patients
    OFFLINE = "offline"
    LOCKED = "locked"


@dataclass(frozen=True)
class HospitalFilter:
    """What a hospital must be like; an empty field fits every hospital. `name_part` is plain text, in any case and width."""

    name_part: str = ""
    grade: Grade | None = None
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    standing: Standing | None = Standing.ONLINE


class Catalog(Protocol):
    """The catalogue, offline hospitals included; each method is one request to the store, or raises `Unavailable`.

    A cursor is the key of the page's last entry: a hospital's code, a department's code, or a hospital's own id of a schedule.
    """

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> Page[Hospital]:
        """Return a page of hospitals in the order of their codes."""
        ...

    def hospital(self, hospital_code: str) -> Hospital | None: ...

    def hospitals_by_code(self, hospital_codes: Sequence[str]) -> list[Hospital]:
        """Return those of the hospitals that exist, in any order."""
        ...

    def departments(self, hospital_code: str) -> list[Department]:
        """Return the hospital's departments in the order of group and department codes."""
        ...

    def department_page(self, hospital_code: str, limit: int, cursor: str | None) -> Page[Department]:
        """Return a page of the hospital's departments in the order of their codes."""
        ...

    def department(self, hospital_code: str, department_code: str) -> Department | None: ...

    def departments_by_code(self, codes: Sequence[tuple[str, str]]) -> list[Department]:
        """Return those of the departments that exist, in any order; each is named by its hospital's code and its own."""
        ...

    def departments_named(self, name_part: str, hospital_codes: Sequence[str], limit: int) -> list[Department]:
        """Return departments of these hospitals whose names contain the text, in any case and width."""
        ...

    def schedules(self, hospital_code: str, department_code: str | None, first: date, last: date) -> list[Schedule]:
        """Return the schedules of a department, or of all, from the first to the last day, in the order of day and half-day."""
        ...

    def open_schedules(self, departments: Sequence[tuple[str, str]], first: date, last: date, limit: int) -> list[Schedule]:
        """Return the earliest open schedules of the departments from the first to the last day, in the order of day and half-day."""
        ...

    def schedule_page(self, hospital_code: str, day: date | None, limit: int, cursor: str | None) -> Page[Schedule]:
        """Return a page of the hospital's schedules, of a day or of all, in the order of the hospital's own ids."""
        ...

    def schedule_ids(self, hospital_code: str, department_codes: Sequence[str] | None, first: date, last: date) -> list[str]:
        """Return the ids of the schedules of some departments, or of all, from the first to the last day."""
        ...

    def suspended_ids(self, first: date) -> list[str]:
        """Return the ids of the suspended schedules of this day and later ones."""
        ...

    def out_of_step_ids(self, first: date) -> list[str]:
        """Return the ids of the schedules of this day and later ones that are out of step with their numbers."""
        ...

    def schedule(self, schedule_id: str) -> Schedule | None: ...

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        """Return those of the schedules that exist, in any order."""
        ...

    def put_hospital(self, hospital: Hospital) -> None:
        """Store what a hospital publishes about itself, replacing what is there. Online and locked stay; a new hospital is neither.

        Storing a new hospital takes a second request.
        """
        ...

    def set_online(self, hospital_code: str, online: bool) -> None:
        """Put an existing hospital online or offline."""
        ...

    def set_locked(self, hospital_code: str, locked: bool) -> None:
        """Lock or unlock an existing hospital."""
        ...

    def put_departments(self, departments: Sequence[Department]) -> None:
        """Store the departments, replacing what is there."""
        ...

    def put_schedules(self, schedules: Sequence[Schedule]) -> None:
        """Store the schedules, replacing what is there."""
        ...

    def remove_department(self, hospital_code: str, department_code: str) -> None: ...

    def remove_schedule(self, schedule_id: str) -> None: ...


class FreeNumbers(Protocol):
    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Return how many numbers of each schedule are free, 0 for a schedule that does not exist."""
        ...
