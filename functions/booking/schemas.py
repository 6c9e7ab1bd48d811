"""What the routes of orders take and answer."""

from datetime import date as date_
from typing import Literal

from pydantic import AliasPath, Field

from guahao.contracts import Instant, Message, Query

State = Literal["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"]


class BookingBody(Message):
    schedule_id: str = Field(min_length=1, max_length=64)
    patient_id: str = Field(min_length=1, max_length=64)


class OrdersQuery(Query):
    q: str = Field(default="", max_length=50, description="part of the hospital's, department's or doctor's name")
    patient_id: str = Field(default="", max_length=64)
    status: State | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


PaymentState = Literal["none", "open", "paid", "closed", "refunding", "refunded"]


class PaymentPart(Message):
    state: PaymentState


class StepAnswer(Message):
    """What was true of the order and of its payment from a moment on."""

    at: Instant
    state: State
    payment: PaymentState
    cause: str


class OrderAnswer(Message):
    order_id: str
    state: State
    hospital_code: str
    hospital_name: str
    department_code: str
    department_name: str
    schedule_id: str
    title: str
    doctor_name: str
    date: date_
    half_day: Literal["morning", "afternoon"]
    number: int
    fee_fen: int
    patient_id: str
    patient_name: str
    hold_until: Instant
    quit_until: Instant
    hospital_record_id: str | None = Field(default=None, validation_alias=AliasPath("record", "record_id"))
    check_in_at: Instant | None = Field(default=None, validation_alias=AliasPath("record", "check_in_at"))
    check_in_place: str | None = Field(default=None, validation_alias=AliasPath("record", "check_in_place"))
    payment: PaymentPart
    timeline: list[StepAnswer]


class OrdersAnswer(Message):
    items: list[OrderAnswer]
    next_cursor: str | None
