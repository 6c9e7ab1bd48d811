"""Hospitals and departments on the wire."""

from datetime import time
from typing import Annotated

from pydantic import Field, PlainSerializer

from guahao.contracts import Message, Query

RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
ClockTime = Annotated[time, PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str)]


class HospitalQuery(Query):
    q: str = Field("", max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$")
    grade: int | None = Field(None, ge=1, le=5)
    province: RegionCode = ""
    city: RegionCode = ""
    district: RegionCode = ""
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, pattern=r"^[0-9A-Za-z_-]{1,32}$")


class BookingRuleAnswer(Message):
    cycle_days: int
    release_time: ClockTime
    stop_time: ClockTime
    quit_day_offset: int
    quit_time: ClockTime
    notes: tuple[str, ...]


class HospitalAnswer(Message):
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
    booking_rule: BookingRuleAnswer


class HospitalsAnswer(Message):
    items: list[HospitalAnswer]
    next_cursor: str | None


class DepartmentAnswer(Message):
    department_code: str
    name: str
    introduction: str


class DepartmentGroupAnswer(Message):
    group_code: str
    group_name: str
    departments: tuple[DepartmentAnswer, ...]


class DepartmentsAnswer(Message):
    items: list[DepartmentGroupAnswer]
