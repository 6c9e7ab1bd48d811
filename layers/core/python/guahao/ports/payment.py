"""What the use cases need from a payment provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from guahao.domain.payment import RefundState, Trade

if TYPE_CHECKING:  # who takes money reads no bills
    from guahao.domain.bills import BillEntry, UnreadableLine


class PaymentProvider(Protocol):
    """A provider of QR payments. Every call is keyed by our own numbers, so that repeating it changes nothing.

    A provider that does not answer, or answers what it should not, raises `ProviderUnavailable`; one that refuses what is asked for the one
    trade, whenever it is asked, `PaymentMismatch`.
    """

    def open(self, trade_no: str, amount_fen: int, description: str, expires_at: datetime) -> str:
        """Open the trade, or find it open, and return the URL that a phone scans (`code_url`)."""
        ...

    def query(self, trade_no: str) -> Trade:
        """Return what the provider knows of the trade, `TradeState.UNKNOWN` if nothing."""
        ...

    def close(self, trade_no: str) -> None:
        """Close the trade so that nobody can pay it; a trade already paid raises `PaymentMismatch`."""
        ...

    def refund(self, trade_no: str, refund_no: str, amount_fen: int, reason: str) -> RefundState:
        """Ask for the whole amount of the trade back, once per `refund_no`, and return how far it is."""
        ...

    def refund_state(self, refund_no: str) -> RefundState | None:
        """Return how far the refund is, None if the provider has never seen it."""
        ...

    def bill(self, day: date) -> Iterator[BillEntry | UnreadableLine]:
        """Yield what the provider took and was asked to give back on a day of Shanghai; ProviderUnavailable if that is not written yet."""
        ...

    def read_notification(self, headers: Mapping[str, str], body: str, now: datetime) -> Trade:
        """Return the trade of a notification that is genuine, at most 5 minutes old and meant for us, or raise `NotificationRefused`."""
        ...


DrawQr = Callable[[str], str]
"""Draw a text as a QR code and return it as an SVG data URI."""


class QrCodes(Protocol):
    """The short memory of code URLs. It never fails: losing it costs one more request to the provider."""

    def remember(self, trade_no: str, code_url: str, expires_at: datetime) -> None: ...

    def recall(self, trade_no: str) -> str | None: ...
