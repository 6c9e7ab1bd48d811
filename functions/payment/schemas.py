"""What the routes of payments answer."""

from pydantic import Field

from guahao.contracts import Instant, Message, PaymentState


class PaymentAnswer(Message):
    order_id: str
    state: PaymentState
    amount_fen: int
    expires_at: Instant
    code_url: str | None = Field(default=None, description="the URL that a phone scans, while it can be paid")
    qr_code: str | None = Field(default=None, description="the same as an SVG image in a data URI")
