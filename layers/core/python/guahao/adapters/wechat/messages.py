"""The parts of WeChat Pay's answers and notifications that we use."""

from __future__ import annotations

from datetime import UTC
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from guahao.domain.payment.payment import RefundNews, RefundState, Trade, TradeState

_TRADE_STATES = {
    "NOTPAY": TradeState.UNPAID,
    "USERPAYING": TradeState.UNPAID,
    "PAYERROR": TradeState.UNPAID,
    "SUCCESS": TradeState.PAID,
    "REFUND": TradeState.REFUNDING,
    "CLOSED": TradeState.CLOSED,
    "REVOKED": TradeState.CLOSED,
}
_REFUND_STATES = {
    "PROCESSING": RefundState.PROCESSING,
    "SUCCESS": RefundState.DONE,
    "CLOSED": RefundState.CLOSED,
    "ABNORMAL": RefundState.ABNORMAL,
}


class Answer(BaseModel):
    """The base of every answer; unknown fields are ignored."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,  # errors are logged with their traceback, and an answer may name who paid
        defer_build=True,  # a process that opens trades never sees a refund
    )


class Failure(Answer):
    code: str = ""
    message: str = ""


class Prepaid(Answer):
    code_url: str = Field(min_length=1)


class Amount(Answer):
    total: int = Field(ge=1)
    currency: Literal["CNY"] = "CNY"


class Transaction(Answer):
    # Answers may leave the appid out, and a payment in an app or a mini program has another one: the merchant is what makes it ours.
    mchid: str
    out_trade_no: str = Field(min_length=1, max_length=32)
    trade_state: Literal["NOTPAY", "USERPAYING", "PAYERROR", "SUCCESS", "REFUND", "CLOSED", "REVOKED"]
    transaction_id: str | None = Field(None, min_length=1, max_length=32)
    success_time: AwareDatetime | None = None
    amount: Amount | None = None

    def trade(self) -> Trade:
        """Return the trade in our words; only a paid one has an amount, because WeChat Pay repeats ours for the others."""
        state = _TRADE_STATES[self.trade_state]
        if state not in (TradeState.PAID, TradeState.REFUNDING):
            return Trade(self.out_trade_no, state)
        paid_at = self.success_time.astimezone(UTC) if self.success_time else None
        return Trade(self.out_trade_no, state, self.amount.total if self.amount else None, self.transaction_id, paid_at)


class Refund(Answer):
    out_refund_no: str
    status: Literal["PROCESSING", "SUCCESS", "CLOSED", "ABNORMAL"]

    def state(self) -> RefundState:
        return _REFUND_STATES[self.status]


class NotifiedRefund(Answer):
    mchid: str
    out_trade_no: str
    out_refund_no: str
    refund_status: Literal["SUCCESS", "CLOSED", "ABNORMAL"]

    def told(self) -> RefundNews:
        return RefundNews(self.out_trade_no, self.out_refund_no, _REFUND_STATES[self.refund_status])


class Sealed(Answer):
    algorithm: Literal["AEAD_AES_256_GCM"]
    nonce: str
    ciphertext: str
    associated_data: str = ""


class Notification(Answer):
    id: str
    event_type: str
    resource: Sealed
