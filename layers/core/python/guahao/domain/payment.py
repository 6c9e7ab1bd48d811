"""Money: what a provider says about a trade, and the states a payment moves through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PaymentState(StrEnum):
    """The last two are the refund's: on its way, and given back."""

    NONE = "none"
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class TradeState(StrEnum):
    """What the provider knows of a trade; `unknown` is a trade it has never seen."""

    UNKNOWN = "unknown"
    UNPAID = "unpaid"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"


@dataclass(frozen=True)
class Trade:
    """One trade as the provider reports it; `amount_fen`, `transaction_id` and `paid_at` are there once it is paid."""

    trade_no: str
    state: TradeState
    amount_fen: int | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None


class RefundState(StrEnum):
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"
