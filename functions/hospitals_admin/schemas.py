"""The catalogue on the wire, as operators see it."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from guahao.contracts import Message, Query

RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
ClockTime = Annotated[time, PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str)]


class CatalogueQuery(Query):
    q: str = Field("", max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$")
    grade: int | None = Field(None, ge=1, le=5)
    province: RegionCode = ""
    city: RegionCode = ""
    district: RegionCode = ""
    state: Literal["online", "offline", "locked"] | None = None
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, pattern=r"^[0-9A-Za-z_-]{1,32}$")


class CatalogueBookingRule(Message):
    cycle_days: int
    release_time: ClockTime
    stop_time: ClockTime
    quit_day_offset: int
    quit_time: ClockTime
    notes: tuple[str, ...]


class CatalogueHospital(Message):
    hospital_code: str
    name: str
    grade: int
    grade_name: str
    province_code: str
    city_code: str
    district_code: str
    region_name: str
    address: str
    logo_url: str
    introduction: str
    route: str
    online: bool
    locked: bool
    booking_rule: CatalogueBookingRule


class CatalogueHospitals(Message):
    items: list[CatalogueHospital]
    next_cursor: str | None


class CatalogueDepartment(Message):
    department_code: str
    name: str
    introduction: str


class CatalogueDepartmentGroup(Message):
    group_code: str
    group_name: str
    departments: tuple[CatalogueDepartment, ...]


class CatalogueDepartments(Message):
    items: list[CatalogueDepartmentGroup]
