"""Payments: the states of a payment, and what a provider says about a trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class PaymentState(StrEnum):
    """The states of a payment; the last two are the refund's: on its way, and done."""

    NONE = "none"
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class TradeState(StrEnum):
    """What the provider knows of a trade; `unknown` is one it has never seen, `refunding` one of which some or all was asked back."""

    UNKNOWN = "unknown"
    UNPAID = "unpaid"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDING = "refunding"


@dataclass(frozen=True)
class PartialRefund:
    """A part of a payment that goes back while the order stands, since it was decided; by hand if a person gave it."""

    fen: int
    at: datetime
    done_at: datetime | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class Payment:
    """The one payment of an order; the merchant's order number is the order's id. `provider_silent`: nobody could pay, it was down.

    `amount_fen` is what is charged, where that may differ from the fee: an open trade keeps its amount when a substitute's fee
    is lower, and so does, until that cannot be taken back, an order without one.
    """

    state: PaymentState = PaymentState.NONE
    transaction_id: str = ""
    paid_at: datetime | None = None
    provider_silent: bool = False
    amount_fen: int | None = None
    parts: tuple[PartialRefund, ...] = ()

    @property
    def parts_fen(self) -> int:
        """What goes back in parts, done or not."""
        return sum(part.fen for part in self.parts)

    @property
    def returned_fen(self) -> int:
        """What has gone back in parts."""
        return sum(part.fen for part in self.parts if part.done_at)


@dataclass(frozen=True)
class Trade:
    """A trade as the provider reports it; only a paid one has `amount_fen`, `transaction_id` and `paid_at`."""

    trade_no: str
    state: TradeState
    amount_fen: int | None = None
    transaction_id: str | None = None
    paid_at: datetime | None = None

    @property
    def is_paid(self) -> bool:
        """Whether money came, whatever of it was asked back since."""
        return self.state in (TradeState.PAID, TradeState.REFUNDING)


class RefundState(StrEnum):
    """A closed refund has ended and gave nothing back; an abnormal one waits for a person at the provider, and may still be done."""

    PROCESSING = "processing"
    DONE = "done"
    CLOSED = "closed"
    ABNORMAL = "abnormal"


class RefundNews(NamedTuple):
    """What the provider tells of a refund by itself."""

    trade_no: str
    refund_no: str
    state: RefundState
