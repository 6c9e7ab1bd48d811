"""What the routes of all orders take and answer."""

from datetime import date as date_
from typing import Annotated, Literal

from pydantic import AliasPath, Field, StringConstraints

from guahao.contracts import Day, Instant, Message, Query

State = Literal["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"]
PaymentState = Literal["none", "open", "paid", "closed", "refunding", "refunded"]


class RegistrationQuery(Query):
    q: str = Field("", max_length=50, description="an order's id, a whole phone number, or how the patient's name begins")
    hospital_code: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,32}$")
    status: State | None = None
    first: Day | None = Field(None, alias="from", description="first day of visits")
    last: Day | None = Field(None, alias="to", description="last day of visits")
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class Reason(Message):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]


class RegistrationPayment(Message):
    state: PaymentState


class RegistrationStep(Message):
    """What was true of the order and of its payment from a moment on."""

    at: Instant
    state: State
    payment: PaymentState
    cause: str


class Registration(Message):
    """An order as an administrator sees it: with its user and the patient's masked phone, never with the certificate."""

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
    user_id: str
    patient_id: str
    patient_name: str
    patient_phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    created_at: Instant
    hold_until: Instant
    quit_until: Instant
    hospital_record_id: str | None = Field(default=None, validation_alias=AliasPath("record", "record_id"))
    check_in_at: Instant | None = Field(default=None, validation_alias=AliasPath("record", "check_in_at"))
    check_in_place: str | None = Field(default=None, validation_alias=AliasPath("record", "check_in_place"))
    payment: RegistrationPayment
    timeline: list[RegistrationStep]


class RegistrationList(Message):
    items: list[Registration]
    next_cursor: str | None
