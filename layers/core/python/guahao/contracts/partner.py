"""What partner systems send to the platform, and the answers."""

from collections.abc import Callable
from datetime import time
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, StringConstraints, ValidationError, WrapValidator

from guahao.contracts import ClockTime, Day, HalfDay, Key, Message, RegionCode, ScheduleState, ToldInstant, written_as
from guahao.contracts.names import NAMED, READABLE
from guahao.domain.catalog.booking_rule import LONGEST_CYCLE_DAYS

MOST_ENTRIES = 500
_FAULTS_TOLD, _FAULT_LENGTH = 50, 100

# Names are used in SMS and calendar entries, where a control character would begin a new line.
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"

DistrictCode = Annotated[str, Field(pattern=r"^([0-9]{6})?$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), NAMED]
DoctorName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), NAMED]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_ONE_LINE), READABLE]
Lines = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000), READABLE]


class BrokenEntry(NamedTuple):
    """An element of a batch that cannot be read, with as much of its key as it has."""

    key: str
    errors: list[dict[str, str]]


class Entry(Message):
    """One element of a batch; its key is unique inside its hospital."""

    key_field: ClassVar[str]

    @property
    def key(self) -> str:
        raise NotImplementedError


class DepartmentEntry(Entry):
    key_field = "departmentCode"

    department_code: Key
    name: Name
    introduction: Lines = ""
    group_code: Key
    group_name: Name

    @property
    def key(self) -> str:
        return self.department_code


class ScheduleEntry(Entry):
    key_field = "hospitalScheduleId"

    hospital_schedule_id: Key
    department_code: Key
    title: Name
    doctor_name: DoctorName = ""
    skill: Lines = ""
    date: Day
    half_day: HalfDay
    total: int = Field(strict=True, ge=1, le=500)
    fee_fen: int = Field(strict=True, ge=0, le=1_000_000)
    state: ScheduleState = "open"
    ends_at: Annotated[ToldInstant, written_as(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+", "ISO 8601 with an offset")] | None = Field(
        None, description="where it is not the half-day's end: evening clinics"
    )

    @property
    def key(self) -> str:
        return self.hospital_schedule_id


class BookingRuleEntry(Message):
    cycle_days: int = Field(strict=True, ge=1, le=LONGEST_CYCLE_DAYS)
    release_time: ClockTime
    stop_time: ClockTime
    quit_day_offset: int = Field(strict=True, ge=-7, le=0)
    quit_time: ClockTime
    notes: tuple[Line, ...] = Field((), max_length=20)
    morning_ends: ClockTime = time(12)
    afternoon_ends: ClockTime = time(17, 30)
    morning_begins: ClockTime = time(8)
    afternoon_begins: ClockTime = time(13, 30)
    sale_ends_minutes: int = Field(30, strict=True, ge=0, le=720, description="so long before the end of its half-day a schedule is sold")


class HospitalEntry(Message):
    """What a hospital publishes about itself. It may contain its own code; names of dictionary codes are ignored."""

    hospital_code: str | None = None
    name: Name
    grade: int = Field(strict=True, ge=1, le=5)
    grade_name: str | None = Field(None, description="ignored")
    province_code: RegionCode
    city_code: RegionCode
    district_code: DistrictCode = Field("", description="left out where the city has no districts")
    region_name: str | None = Field(None, description="ignored")
    address: Line
    logo_url: str = Field("", max_length=500, pattern=r"^(https://[^\s\x00-\x1f\x7f]+)?$", description="an https address, or empty")
    introduction: Lines = ""
    route: Lines = ""
    booking_rule: BookingRuleEntry


def _kept_if_broken(key_field: str) -> WrapValidator:
    """Read an element or keep its errors in its place, so that one broken element does not stop the others."""

    def read(value: Any, validate: Callable[[Any], Any]) -> Any:
        try:
            return validate(value)
        except ValidationError as error:
            key = value.get(key_field) if isinstance(value, dict) else ""
            found = error.errors(include_url=False, include_context=False, include_input=False)[:_FAULTS_TOLD]
            faults = [
                {"field": ".".join(map(str, fault["loc"]))[:_FAULT_LENGTH], "reason": fault["msg"].removeprefix("Value error, ")}
                for fault in found
            ]
            return BrokenEntry(key[:64] if isinstance(key, str) else "", faults)

    return WrapValidator(read)


# In both bodies an element that cannot be read becomes a BrokenEntry, whatever the annotation says.
class DepartmentsBody(Message):
    items: Annotated[
        list[Annotated[DepartmentEntry, _kept_if_broken(DepartmentEntry.key_field)]], Field(min_length=1, max_length=MOST_ENTRIES)
    ]


class SchedulesBody(Message):
    items: Annotated[list[Annotated[ScheduleEntry, _kept_if_broken(ScheduleEntry.key_field)]], Field(min_length=1, max_length=MOST_ENTRIES)]


class ElementFault(Message):
    field: str
    reason: str


class ElementAnswer(Message):
    """What happened to one element: if it is rejected, nothing was done, and `errors` says why."""

    key: str
    result: Literal["created", "updated", "unchanged", "rejected"]
    errors: list[ElementFault]


class BatchAnswer(Message):
    items: list[ElementAnswer]
