"""What the platform and a hospital's system say to each other.

A call of the platform also has the header `X-Idempotency-Key: ORDER/OPERATION`, the operation being registration, payment or cancellation:
the same in every repeat.
"""

from datetime import date as date_
from typing import Literal

from pydantic import ConfigDict, Field

from guahao.contracts import Instant, Message


class Registration(Message):
    """POST {apiUrl}/orders: one booked number. `certificateNumber` is there because the hospital must recognise the person."""

    order_id: str
    hospital_schedule_id: str
    department_code: str
    date: date_
    half_day: Literal["morning", "afternoon"]
    number: int
    fee_fen: int
    patient_name: str
    patient_phone: str
    certificate_type: str
    certificate_number: str


class RegistrationAnswer(Message):
    """The hospital's answer to a registration; what else it says is passed over."""

    model_config = ConfigDict(extra="ignore")

    record_id: str = Field(min_length=1, max_length=64)
    check_in_at: Instant
    check_in_place: str = Field(min_length=1, max_length=64)


class PaymentRecord(Message):
    """POST {apiUrl}/orders/{recordId}/payment."""

    order_id: str
    amount_fen: int


class CancellationRecord(Message):
    """POST {apiUrl}/orders/{recordId}/cancellation."""

    order_id: str
    reason: str
