"""What several functions show: the catalogue, orders, hospitals' settings and jobs."""

from datetime import date as date_
from typing import Any, Literal

from pydantic import AliasPath, Field

from guahao.contracts import ClockTime, HalfDay, Instant, Message, OrderState, PaymentState, ScheduleState


class BookingRuleAnswer(Message):
    cycle_days: int
    release_time: ClockTime
    stop_time: ClockTime
    quit_day_offset: int
    quit_time: ClockTime
    notes: tuple[str, ...]
    morning_ends: ClockTime
    afternoon_ends: ClockTime
    morning_begins: ClockTime
    afternoon_begins: ClockTime
    sale_ends_minutes: int


class OwnHospitalAnswer(Message):
    hospital_code: str
    name: str
    grade: int
    province_code: str
    city_code: str
    district_code: str
    address: str
    logo_url: str
    introduction: str
    route: str
    online: bool
    booking_rule: BookingRuleAnswer


class HospitalAnswer(OwnHospitalAnswer):
    grade_name: str
    region_name: str


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


class OwnScheduleAnswer(Message):
    schedule_id: str
    hospital_schedule_id: str
    department_code: str
    title: str
    doctor_name: str
    skill: str
    date: date_
    half_day: HalfDay
    total: int
    fee_fen: int
    state: ScheduleState
    ends_at: Instant | None = Field(description="null if it ends with its half-day")


class ScheduleAnswer(OwnScheduleAnswer):
    hospital_code: str
    free: int


class PaymentPart(Message):
    state: PaymentState
    returned_fen: int = Field(description="what went back while the order stands, because a substitute's fee is lower")


class SubstitutionAnswer(Message):
    """Another doctor than the order had: since when, and who was to come before."""

    at: Instant
    former_title: str = Field(validation_alias="title")
    former_doctor_name: str = Field(validation_alias="doctor_name")


class StepAnswer(Message):
    """What was true of the order and of its payment from a moment on."""

    at: Instant
    state: OrderState
    payment: PaymentState
    cause: str


def _visit(name: str) -> Any:
    return Field(validation_alias=AliasPath("visit", name))


def _holder(name: str) -> Any:
    return Field(validation_alias=AliasPath("holder", name))


class OrderAnswer(Message):
    order_id: str
    state: OrderState
    hospital_code: str = _visit("hospital_code")
    hospital_name: str = _visit("hospital_name")
    department_code: str = _visit("department_code")
    department_name: str = _visit("department_name")
    schedule_id: str = _visit("schedule_id")
    title: str = _visit("title")
    doctor_name: str = _visit("doctor_name")
    date: date_ = _visit("date")
    half_day: HalfDay = _visit("half_day")
    number: int = _visit("number")
    fee_fen: int = _visit("fee_fen")
    patient_id: str = _holder("patient_id")
    patient_name: str = _holder("name")
    hold_until: Instant
    quit_until: Instant
    hospital_record_id: str | None = Field(default=None, validation_alias=AliasPath("record", "record_id"))
    check_in_at: Instant | None = Field(default=None, validation_alias=AliasPath("record", "check_in_at"))
    check_in_place: str | None = Field(default=None, validation_alias=AliasPath("record", "check_in_place"))
    payment: PaymentPart
    substitutions: list[SubstitutionAnswer] = Field(description="oldest first")
    timeline: list[StepAnswer]


class Registration(OrderAnswer):
    """An order as an administrator sees it: with its user and the patient's masked phone, never with the certificate."""

    user_id: str
    patient_phone: str = Field(validation_alias=AliasPath("holder", "masked_phone"), description="masked")
    created_at: Instant


class HospitalSettingView(Message):
    hospital_code: str
    name: str
    api_url: str
    contact_name: str
    contact_phone: str = Field(validation_alias=AliasPath("masked_contact_phone"), description="masked")
    created_at: Instant
    locked: bool
    lock_reason: str
    previous_key_until: Instant | None = Field(description="until when the key before is good")


class KeyedHospitalSettingView(HospitalSettingView):
    key: str = Field(description="32 bytes in hexadecimal digits, used as the text that they are; shown this once")


class JobErrorView(Message):
    row: int | None = Field(description="null if it is not of one row")
    column: str | None = Field(description="null if it is not of one column")
    reason: str


class JobView(Message):
    """A job as its administrator sees it."""

    job_id: str = Field(validation_alias=AliasPath("job", "job_id"))
    kind: str = Field(validation_alias=AliasPath("job", "kind"))
    state: Literal["queued", "running", "done", "failed"] = Field(validation_alias=AliasPath("job", "state"))
    done: int = Field(validation_alias=AliasPath("job", "done"), description="rows")
    total: int | None = Field(validation_alias=AliasPath("job", "total"), description="rows; null while nobody has counted them")
    sheet: str = Field(
        validation_alias=AliasPath("job", "sheet"),
        description="of an import, the sheet that is read: the first with cells that is not hidden",
    )
    result: str = Field(validation_alias=AliasPath("job", "result"), description="what came of it: exported, imported, unchanged")
    requested_at: Instant = Field(validation_alias=AliasPath("job", "requested_at"))
    download_url: str | None = Field(description="for five minutes; of an import, the sheet with its faults marked")
    error_count: int = Field(validation_alias=AliasPath("job", "error_count"))
    errors: list[JobErrorView] = Field(validation_alias=AliasPath("job", "errors"), description="the first hundred")
