"""What the routes of payments answer."""

from typing import Literal

from pydantic import Field

from guahao.contracts import Instant, Message


class PaymentAnswer(Message):
    order_id: str
    state: Literal["none", "open", "paid", "closed", "refunding", "refunded"]
    amount_fen: int
    expires_at: Instant
    code_url: str | None = Field(default=None, description="what the phone scans, while it can")
    qr_code: str | None = Field(default=None, description="the same as an SVG image in a data URI")
