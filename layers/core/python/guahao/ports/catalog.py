"""What the use cases need from the catalogue's store, and from whoever knows the free numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from guahao.domain.catalog import Department, Grade, Hospital, Schedule

Entry = TypeVar("Entry")


class Standing(StrEnum):
    """What administrators made of a hospital. One that is offline may be locked too."""

    ONLINE = "online"  # open to patients
    OFFLINE = "offline"
    LOCKED = "locked"


@dataclass(frozen=True)
class HospitalFilter:
    """What a hospital must be like; an empty field asks for nothing. `name_part` is plain text, in any case and width."""

    name_part: str = ""
    grade: Grade | None = None
    province_code: str = ""
    city_code: str = ""
    district_code: str = ""
    standing: Standing | None = Standing.ONLINE


@dataclass(frozen=True)
class Page(Generic[Entry]):
    items: Sequence[Entry]
    next_cursor: str | None


HospitalPage = Page[Hospital]


class Catalog(Protocol):
    """The catalogue, offline hospitals included; each method is one request to the store, or raises `Unavailable`.

    A cursor is the key of the page's last entry: a hospital's code, a department's code, a hospital's own id of a session.
    """

    def search(self, wanted: HospitalFilter, limit: int, cursor: str | None) -> HospitalPage:
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
        """Return the sessions of a department, or of all, from the first to the last day, in the order of day and half-day."""
        ...

    def open_schedules(self, departments: Sequence[tuple[str, str]], first: date, last: date, limit: int) -> list[Schedule]:
        """Return the earliest open sessions of the departments from the first to the last day, in the order of day and half-day."""
        ...

    def schedule_page(self, hospital_code: str, day: date | None, limit: int, cursor: str | None) -> Page[Schedule]:
        """Return a page of the hospital's sessions, of a day or of all, in the order of the hospital's own ids."""
        ...

    def schedule_ids(self, hospital_code: str, department_codes: Sequence[str] | None, first: date, last: date) -> list[str]:
        """Return the ids of the sessions of some departments, or of all, from the first to the last day."""
        ...

    def suspended_ids(self, first: date) -> list[str]:
        """Return the ids of the suspended sessions of this day and later ones."""
        ...

    def schedule(self, schedule_id: str) -> Schedule | None: ...

    def schedules_by_id(self, schedule_ids: Sequence[str]) -> list[Schedule]:
        """Return those of the sessions that exist, in any order."""
        ...

    def put_hospital(self, hospital: Hospital) -> None:
        """Store what a hospital says of itself over what is there. Online and locked stay as they are; a new one is neither.

        A new one takes a second request.
        """
        ...

    def set_online(self, hospital_code: str, online: bool) -> None:
        """Put a hospital that is there online or take it off."""
        ...

    def set_locked(self, hospital_code: str, locked: bool) -> None:
        """Lock a hospital that is there or unlock it."""
        ...

    def put_departments(self, departments: Sequence[Department]) -> None:
        """Store the departments over what is there."""
        ...

    def put_schedules(self, schedules: Sequence[Schedule]) -> None:
        """Store the sessions over what is there."""
        ...

    def remove_department(self, hospital_code: str, department_code: str) -> None: ...

    def remove_schedule(self, schedule_id: str) -> None: ...


class FreeNumbers(Protocol):
    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Return how many numbers each session has free, 0 for one that has none or does not exist."""
        ...
