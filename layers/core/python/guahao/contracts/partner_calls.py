"""What the platform sends to a hospital's system, and the answers.

A call also has the header `X-Idempotency-Key: ORDER/OPERATION`, where the operation is registration, payment or cancellation. A repeat has
the same key.
"""

from datetime import date as date_
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from guahao.contracts import CertificateType, Message, ToldInstant
from guahao.contracts.names import NAMED, READABLE

_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"


class Registration(Message):
    """POST {apiUrl}/orders: one booked number. It has `certificateNumber`, because the hospital must recognise the person."""

    order_id: str
    hospital_schedule_id: str
    department_code: str
    date: date_
    half_day: Literal["morning", "afternoon"]
    number: int
    fee_fen: int
    patient_name: str
    patient_phone: str
    certificate_type: CertificateType
    certificate_number: str
    certificate_of: Literal["patient", "guardian"] = Field(
        "patient", description="whose certificate it is: a newborn who has none yet goes by the guardian's, and twins by their names"
    )
    issuing_state: str = Field("", description="of a passport, ISO 3166-1 alpha-3: two states may give the same number")


class RegistrationAnswer(Message):
    """The hospital's answer to a registration; other fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    # A record id goes on into answers, a place into SMS and calendar entries, where a control character would begin a line of its own.
    record_id: Annotated[str, Field(min_length=1, max_length=64, pattern=_ONE_LINE), READABLE]
    check_in_at: ToldInstant
    check_in_place: Annotated[str, Field(min_length=1, max_length=64), NAMED]


class PaymentRecord(Message):
    """POST {apiUrl}/orders/{recordId}/payment."""

    order_id: str
    amount_fen: int


class CancellationRecord(Message):
    """POST {apiUrl}/orders/{recordId}/cancellation."""

    order_id: str
    reason: str
