"""The payment provider as the use cases need it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from guahao.domain.payment.payment import RefundNews, RefundState, Trade

if TYPE_CHECKING:  # most processes read no bills
    from guahao.domain.payment.bills import BillEntry, UnreadableLine


class PaymentProvider(Protocol):
    """A provider of QR payments. Every call carries our own numbers, so that repeating it changes nothing.

    Without a valid answer a call raises `ProviderUnavailable`. If the provider refuses this one trade and always will, the call raises
    `PaymentMismatch`.
    """

    def open(self, trade_no: str, amount_fen: int, description: str, expires_at: datetime) -> str:
        """Open the trade, or find it open, and return the URL that a phone scans (`code_url`), in place of any given before."""
        ...

    def query(self, trade_no: str) -> Trade:
        """Return what the provider knows of the trade, `TradeState.UNKNOWN` if nothing."""
        ...

    def close(self, trade_no: str) -> None:
        """Close the trade, so that nobody can pay it; a paid trade raises `PaymentMismatch`."""
        ...

    def refund(self, trade_no: str, refund_no: str, amount_fen: int, total_fen: int, reason: str) -> RefundState:
        """Ask for the amount back, all or a part of the trade's total, once per `refund_no`, and return how far it is."""
        ...

    def refund_state(self, refund_no: str) -> RefundState | None:
        """Return the state of the refund, None if the provider does not know it."""
        ...

    def bill(self, day: date) -> Iterator[BillEntry | UnreadableLine]:
        """Yield the payments and refunds of a day in Shanghai; raise ProviderUnavailable if the bill is not ready."""
        ...

    def read_notification(self, headers: Mapping[str, str], body: str, now: datetime) -> Trade | RefundNews:
        """Return what a genuine notification, at most 5 minutes old and meant for us, tells, or raise `NotificationRefused`."""
        ...


DrawQr = Callable[[str], str]
"""Draw a text as a QR code and return it as an SVG data URI."""


class QrCodes(Protocol):
    """The short memory of code URLs. It never fails: losing it costs one more request to the provider, and the code shown before."""

    def claim(self, trade_no: str) -> bool:
        """Let one at a time ask for a code, for some seconds: a second code makes the first worthless, and nobody knows which is which."""
        ...

    def release(self, trade_no: str) -> None:
        """Let the next one ask, because no code came."""
        ...

    def remember(self, trade_no: str, code_url: str, expires_at: datetime) -> None: ...

    def recall(self, trade_no: str) -> str | None: ...
