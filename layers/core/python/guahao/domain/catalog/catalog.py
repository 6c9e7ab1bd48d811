"""The catalogue: hospitals and their departments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from guahao.domain.catalog.booking_rule import BookingRule

if TYPE_CHECKING:
    from guahao.domain.dictionary.dictionary import Term

# The dictionary's filler between a province and its districts where there is no city; it is not shown as a name.
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


class Grade(IntEnum):
    """The grades of hospitals, with their values in the dictionary's `Hostype`."""

    TERTIARY_A = 1
    TERTIARY_B = 2
    SECONDARY_A = 3
    SECONDARY_B = 4
    PRIMARY = 5


@dataclass(frozen=True)
class Hospital:
    """A catalogue entry; the names of its grade and region are in the dictionary. Only administrators put it online and lock it."""

    hospital_code: str
    name: str
    grade: Grade
    province_code: str
    city_code: str
    district_code: str
    address: str
    booking_rule: BookingRule
    logo_url: str = ""
    introduction: str = ""
    route: str = ""
    online: bool = False
    locked: bool = False

    @property
    def open_to_patients(self) -> bool:
        """Whether patients find the hospital and book there."""
        return self.online and not self.locked


@dataclass(frozen=True)
class NamedHospital(Hospital):
    """A hospital with the names of its codes; the name of an unknown code is empty."""

    grade_name: str = ""
    region_name: str = ""


@dataclass(frozen=True)
class Department:
    """A department; its code is unique inside its hospital only."""

    hospital_code: str
    department_code: str
    name: str
    group_code: str
    group_name: str
    introduction: str = ""


@dataclass(frozen=True)
class DepartmentGroup:
    """A department group with its departments."""

    group_code: str
    group_name: str
    departments: tuple[Department, ...]


def terms_of(hospital: Hospital) -> list[Term]:
    """Return the dictionary's terms for the hospital's grade, province, city and district, in this order."""
    codes = (hospital.province_code, hospital.city_code, hospital.district_code)
    return [("Hostype", str(int(hospital.grade))), *(("Province", code) for code in codes)]


def named(hospital: Hospital, names: Mapping[Term, str]) -> NamedHospital:
    """Return the hospital with its names."""
    grade, *region = (names.get(term, "") for term in terms_of(hospital))
    return NamedHospital(**vars(hospital), grade_name=grade, region_name=region_name(region))


def region_name(names: Iterable[str]) -> str:
    """Return province, city and district as one name; a city without districts that stands as its own district is told once."""
    return "".join(dict.fromkeys(name for name in names if name not in _PLACEHOLDERS))


def grouped(departments: Iterable[Department]) -> list[DepartmentGroup]:
    """Return the departments as a tree of two levels, in the order in which they come."""
    groups: dict[str, list[Department]] = {}
    for department in departments:
        groups.setdefault(department.group_code, []).append(department)
    return [DepartmentGroup(code, members[0].group_name, tuple(members)) for code, members in groups.items()]
