"""An order as the interface shows it, to its user and to administrators."""

from __future__ import annotations

from datetime import date as date_
from typing import Literal

from pydantic import AliasPath, Field

from guahao.contracts import Instant, Message

State = Literal["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"]
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


class Registration(OrderAnswer):
    """An order as an administrator sees it: with its user and the patient's masked phone, never with the certificate."""

    user_id: str
    patient_phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    created_at: Instant
