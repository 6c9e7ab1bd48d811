"""Payments: the states of a payment, and what a provider says about a trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PaymentState(StrEnum):
    """The states of a payment; the last two are the refund's: on its way, and done."""

    NONE = "none"
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class TradeState(StrEnum):
    """The states of a trade at the provider; `unknown` is a trade that it does not know."""

    UNKNOWN = "unknown"
    UNPAID = "unpaid"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"


@dataclass(frozen=True)
class Trade:
    """A trade as the provider reports it; only a paid one has `amount_fen`, `transaction_id` and `paid_at`."""

    trade_no: str
    state: TradeState
    amount_fen: int | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


class RefundState(StrEnum):
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"
