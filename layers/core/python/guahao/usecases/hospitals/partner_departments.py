"""A hospital's departments, as its partner system publishes them, always under the hospital's own code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from guahao.contracts.partner import BrokenEntry, DepartmentEntry
from guahao.domain.catalog.catalog import Department
from guahao.domain.errors import Conflict, NotFound
from guahao.domain.hospitals.publishing import published
from guahao.domain.time import shanghai_date
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import PublicationLock
from guahao.ports.pages import Page
from guahao.usecases.booking.number_pool import invalidate_hospital
from guahao.usecases.hospitals.partner_batches import Outcome, readable
from guahao.usecases.hospitals.publication_order import Element, PublicationOrder

if TYPE_CHECKING:
    from guahao.contracts.queries import OwnDepartmentsQuery


@dataclass(frozen=True)
class PartnerDepartments:
    """The departments of hospitals; one publication of a hospital is handled at a time."""

    catalog: Catalog
    pool: NumberPool
    publication_lock: PublicationLock
    order: PublicationOrder
    clock: Clock

    def departments(self, hospital_code: str, query: OwnDepartmentsQuery) -> Page[Department]:
        """Return a page of the hospital's departments."""
        return self.catalog.department_page(hospital_code, query.limit, query.cursor)

    def publish_departments(
        self, hospital_code: str, entries: Sequence[DepartmentEntry | BrokenEntry], signed_at: int | None = None
    ) -> list[Outcome]:
        """Publish some departments and say what became of each, in order; the hospital's others stay."""
        with self.publication_lock.of(hospital_code):
            there = {department.department_code: department for department in self.catalog.departments(hospital_code)}
            outcomes, given = [], []
            for entry in self.order.fresh(hospital_code, Element.DEPARTMENT, list(readable(entries)), signed_at):
                if isinstance(entry, Outcome):
                    outcomes.append(entry)
                else:
                    given.append(Department(hospital_code=hospital_code, **entry.model_dump()))
                    outcomes.append(Outcome(entry.key, published(there.get(entry.key), given[-1])))
            self.order.note(hospital_code, Element.DEPARTMENT, [department.department_code for department in given], signed_at)
            self.catalog.put_departments([department for department in given if there.get(department.department_code) != department])
            codes = [department.department_code for department in given]
            invalidate_hospital(self.catalog, self.pool, hospital_code, shanghai_date(self.clock()), codes)
        return outcomes

    def remove_department(self, hospital_code: str, department_code: str, signed_at: int | None = None) -> None:
        """Remove a department that has no schedule from today on, or raise Conflict."""
        with self.publication_lock.of(hospital_code):
            self.order.require_fresh(hospital_code, Element.DEPARTMENT, department_code, signed_at)
            if self.catalog.department(hospital_code, department_code) is None:
                raise NotFound("Your hospital has no such department.")
            if self.catalog.schedule_ids(hospital_code, [department_code], shanghai_date(self.clock()), date.max):
                raise Conflict(
                    "This department has schedules today or later. Remove or move them first.", rule="departmentWithoutSchedules"
                )
            self.order.note(hospital_code, Element.DEPARTMENT, [department_code], signed_at)
            self.catalog.remove_department(hospital_code, department_code)
