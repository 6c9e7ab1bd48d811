"""What a hospital publishes of itself and its departments, always under its own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from guahao.contracts.gateway import BrokenEntry, DepartmentEntry, Entry, HospitalEntry
from guahao.domain.catalog import BookingRule, Department, Grade, Hospital
from guahao.domain.errors import Conflict, Invalid, NotFound
from guahao.domain.publishing import Fault, Published, published
from guahao.domain.time import shanghai_date
from guahao.ports.booking import NumberPool
from guahao.ports.catalog import Catalog, Page
from guahao.ports.clock import Clock
from guahao.ports.gateway import Turns
from guahao.usecases.pools import forget_hospital

Read = TypeVar("Read", bound=Entry)


@dataclass(frozen=True)
class Outcome:
    """What became of one entry, and why if it was rejected."""

    key: str
    result: Published
    errors: Sequence[Fault] = ()


@dataclass(frozen=True)
class Publishing:
    """Hospitals' own entries and their departments; what one hospital sends is worked on one after another."""

    catalog: Catalog
    pool: NumberPool
    turns: Turns
    clock: Clock

    def hospital(self, hospital_code: str) -> Hospital:
        """Return the hospital's own entry or raise NotFound."""
        found = self.catalog.hospital(hospital_code)
        if found is None:
            raise NotFound("Your hospital is not published yet: PUT /api/gateway/hospital does that.")
        return found

    def departments(self, hospital_code: str, limit: int, cursor: str | None) -> Page[Department]:
        """Return a page of the hospital's departments."""
        return self.catalog.department_page(hospital_code, limit, cursor)

    def publish_hospital(self, hospital_code: str, entry: HospitalEntry) -> Outcome:
        """Make the hospital's entry what is given; a new one is offline."""
        if entry.hospital_code not in (None, hospital_code):
            reason = f"you sign as {hospital_code}; leave the field out or give this code"
            raise Invalid("A hospital publishes itself only.", [{"field": "hospitalCode", "reason": reason}])
        with self.turns.of(hospital_code):
            before = self.catalog.hospital(hospital_code)
            after = _hospital(hospital_code, entry, before)
            if before != after:
                self.catalog.put_hospital(after)
            forget_hospital(self.catalog, self.pool, hospital_code, self._today())
        return Outcome(hospital_code, published(before, after))

    def publish_departments(self, hospital_code: str, entries: Sequence[DepartmentEntry | BrokenEntry]) -> list[Outcome]:
        """Publish some departments and say what became of each, in order; the hospital's others stay."""
        with self.turns.of(hospital_code):
            there = {department.department_code: department for department in self.catalog.departments(hospital_code)}
            outcomes, given = [], []
            for entry in readable(entries):
                if isinstance(entry, Outcome):
                    outcomes.append(entry)
                else:
                    given.append(Department(hospital_code=hospital_code, **entry.model_dump()))
                    outcomes.append(Outcome(entry.key, published(there.get(entry.key), given[-1])))
            self.catalog.put_departments([department for department in given if there.get(department.department_code) != department])
            codes = [department.department_code for department in given]
            forget_hospital(self.catalog, self.pool, hospital_code, self._today(), codes)
        return outcomes

    def remove_department(self, hospital_code: str, department_code: str) -> None:
        """Remove a department that has no session from today on, or raise Conflict."""
        with self.turns.of(hospital_code):
            if self.catalog.department(hospital_code, department_code) is None:
                raise NotFound("Your hospital has no such department.")
            if self.catalog.schedule_ids(hospital_code, [department_code], self._today(), date.max):
                raise Conflict("This department has sessions today or later. Remove or move them first.", rule="departmentWithoutSessions")
            self.catalog.remove_department(hospital_code, department_code)

    def _today(self) -> date:
        return shanghai_date(self.clock())


def readable(entries: Sequence[Read | BrokenEntry]) -> Iterator[Read | Outcome]:
    """Yield the entries that can be taken up, and what became of the others."""
    seen: set[str] = set()
    for entry in entries:
        if isinstance(entry, BrokenEntry):
            yield Outcome(entry.key, Published.REJECTED, entry.errors)
        elif entry.key in seen:
            reason = "this batch has it twice; only the first was looked at"
            yield Outcome(entry.key, Published.REJECTED, [{"field": entry.key_field, "reason": reason}])
        else:
            yield entry
        seen.add(entry.key)


def _hospital(hospital_code: str, entry: HospitalEntry, before: Hospital | None) -> Hospital:
    told = entry.model_dump(exclude={"hospital_code", "grade", "grade_name", "region_name", "booking_rule"})
    return Hospital(
        hospital_code=hospital_code,
        grade=Grade(entry.grade),
        booking_rule=BookingRule(**entry.booking_rule.model_dump()),
        online=before is not None and before.online,
        locked=before is not None and before.locked,
        **told,
    )
