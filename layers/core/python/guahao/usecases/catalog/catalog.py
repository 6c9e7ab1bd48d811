"""The catalogue for patients: hospitals and their departments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guahao.domain.catalog.catalog import DepartmentGroup, Grade, Hospital, NamedHospital, grouped, named, terms_of
from guahao.domain.errors import NotFound
from guahao.ports.catalog.catalog import Catalog, HospitalFilter, Standing
from guahao.ports.dictionary.dictionary import Names
from guahao.ports.pages import Page

if TYPE_CHECKING:
    from guahao.contracts.queries import HospitalQuery


@dataclass(frozen=True)
class Hospitals:
    """The online hospitals, as anyone sees them; the names of a page are read in one request."""

    catalog: Catalog
    names: Names

    def search(self, query: HospitalQuery) -> Page[Hospital]:
        """Return a page of the hospitals that fit; an empty filter fits all."""
        return search(self.catalog, self.names, query, Standing.ONLINE)

    def get(self, hospital_code: str) -> NamedHospital:
        """Return the hospital, or raise NotFound, also for an offline one."""
        return with_names(self.names, [online_hospital(self.catalog, hospital_code)])[0]

    def departments(self, hospital_code: str) -> list[DepartmentGroup]:
        """Return the hospital's two-level tree."""
        online_hospital(self.catalog, hospital_code)
        return grouped(self.catalog.departments(hospital_code))


def search(catalog: Catalog, names: Names, query: HospitalQuery, standing: Standing | None) -> Page[Hospital]:
    """Return a page of the hospitals that fit, with all their names."""
    grade = Grade(query.grade) if query.grade else None
    wanted = HospitalFilter(query.q, grade, query.province, query.city, query.district, standing)
    page = catalog.search(wanted, query.limit, query.cursor)
    return Page(with_names(names, page.items), page.next_cursor)


def with_names(names: Names, hospitals: Sequence[Hospital]) -> list[NamedHospital]:
    """Return the hospitals with all their names, read in one request."""
    found = names.names({term for hospital in hospitals for term in terms_of(hospital)})
    return [named(hospital, found) for hospital in hospitals]


def online_hospital(catalog: Catalog, hospital_code: str) -> Hospital:
    """Return the hospital if it exists, is online and not locked, else raise NotFound."""
    hospital = catalog.hospital(hospital_code)
    if hospital is None or not hospital.open_to_patients:
        raise NotFound("There is no such hospital here. GET /api/hospitals lists those there are.")
    return hospital
