"""A payment provider in memory, kept to the same setting as the real one."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from guahao.domain.errors import NotificationRefused, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.bills import BillEntry, UnreadableLine
from guahao.domain.payment.payment import RefundNews, RefundState, Trade, TradeState
from guahao.domain.time import shanghai_date
from guahao.ports.payment.payment import PaymentProvider

_KEY = b"only this fake signs with this"
_AGE_SECONDS = 300
# An end that is nearer is moved without a word.
_LEAST = timedelta(minutes=1)
_BETWEEN_PARTS = timedelta(minutes=1)


@dataclass(frozen=True)
class _Opened:
    trade: Trade
    amount_fen: int
    code_url: str
    expires_at: datetime


@dataclass(frozen=True)
class _Refund:
    trade_no: str
    amount_fen: int
    state: RefundState
    at: datetime


class FakePaymentProvider(PaymentProvider):
    """Its switches are `down` (nothing answers), `bill_is_late`, `refunds_take_time` (they are in processing until `settle_refunds`) and
    `parts_at_once` (it wants no minute between them)."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.down = False
        self.refunds_take_time = False
        self.parts_at_once = False
        self.bill_is_late = False
        self._clock = clock
        self._codes = 0
        self._opened: dict[str, _Opened] = {}
        self._refunds: dict[str, _Refund] = {}

    def pay(self, trade_no: str) -> Trade:
        """Pay the trade as a phone would, whether or not the provider answers us; ValueError if it cannot be paid."""
        opened = self._opened[trade_no]
        if not self.can_be_paid(trade_no):
            raise ValueError(f"{trade_no} cannot be paid any more.")
        paid = Trade(trade_no, TradeState.PAID, opened.amount_fen, f"4200{trade_no}", self._clock().replace(microsecond=0))
        self._opened[trade_no] = replace(opened, trade=paid)
        return paid

    def can_be_paid(self, trade_no: str) -> bool:
        """Tell whether a phone could pay the trade now; its state does not tell when its time is over."""
        opened = self._opened[trade_no]
        return opened.trade.state is TradeState.UNPAID and self._clock() < opened.expires_at

    def settle_refunds(self) -> None:
        """Finish the refunds that are in processing or abnormal."""
        for number, refund in self._refunds.items():
            if refund.state is not RefundState.CLOSED:
                self._refunds[number] = replace(refund, state=RefundState.DONE)

    def stop_refund(self, refund_no: str, state: RefundState) -> None:
        """Close the refund, or leave it to a person."""
        self._refunds[refund_no] = replace(self._refunds[refund_no], state=state)

    def refunded_fen(self, trade_no: str) -> int:
        """Return how much of the trade was given back or is on its way."""
        return sum(r.amount_fen for r in self._refunds.values() if r.trade_no == trade_no and r.state is not RefundState.CLOSED)

    def notification(self, trade_no: str) -> tuple[dict[str, str], str]:
        """Return the headers and the body that the provider would post now."""
        trade = self._now(trade_no)
        assert trade.paid_at is not None
        told = {"trade_no": trade_no, "amount_fen": trade.amount_fen, "transaction_id": trade.transaction_id}
        return self._posted(told | {"paid_at": trade.paid_at.isoformat()})

    def refund_notification(self, refund_no: str) -> tuple[dict[str, str], str]:
        """Return the same for a refund that has ended."""
        refund = self._refunds[refund_no]
        return self._posted({"trade_no": refund.trade_no, "refund_no": refund_no, "state": refund.state})

    def _posted(self, told: Mapping[str, object]) -> tuple[dict[str, str], str]:
        body = json.dumps(told)
        timestamp = str(int(self._clock().timestamp()))
        return {"Fake-Timestamp": timestamp, "Fake-Signature": _signature(timestamp, body)}, body

    def open(self, trade_no: str, amount_fen: int, description: str, expires_at: datetime) -> str:
        self._answer()
        opened = self._opened.get(trade_no)
        if opened is None:
            trade = Trade(trade_no, TradeState.UNPAID)
            ends = max(expires_at, self._clock() + _LEAST)
            opened = _Opened(trade, amount_fen, "", ends)
        if opened.amount_fen != amount_fen or opened.trade.state is not TradeState.UNPAID or opened.expires_at <= self._clock():
            raise PaymentMismatch(f"Trade {trade_no} cannot be opened for payment.")
        self._codes += 1
        self._opened[trade_no] = replace(opened, code_url=f"weixin://wxpay/bizpayurl?pr={self._codes}")
        return self._opened[trade_no].code_url

    def query(self, trade_no: str) -> Trade:
        self._answer()
        return self._now(trade_no)

    def close(self, trade_no: str) -> None:
        self._answer()
        trade = self._now(trade_no)
        if trade.state in (TradeState.PAID, TradeState.REFUNDING):
            raise PaymentMismatch(f"Trade {trade_no} is paid and cannot be closed any more.")
        if trade.state is TradeState.UNPAID:
            self._opened[trade_no] = replace(self._opened[trade_no], trade=replace(trade, state=TradeState.CLOSED))

    def refund(self, trade_no: str, refund_no: str, amount_fen: int, total_fen: int, reason: str) -> RefundState:
        self._answer()
        trade, found = self._now(trade_no), self._refunds.get(refund_no)
        if trade.amount_fen != total_fen or (found is None and not self._has_left(trade_no, amount_fen, total_fen)):
            raise PaymentMismatch(f"Trade {trade_no} cannot be refunded.")
        if found is None and amount_fen < total_fen and self._is_soon(trade_no):
            raise ProviderUnavailable(f"Parts of trade {trade_no} go back a minute apart.")
        if found is None:
            state = RefundState.PROCESSING if self.refunds_take_time else RefundState.DONE
            found = self._refunds[refund_no] = _Refund(trade_no, amount_fen, state, self._clock())
            self._opened[trade_no] = replace(self._opened[trade_no], trade=replace(trade, state=TradeState.REFUNDING))
        if (found.trade_no, found.amount_fen) != (trade_no, amount_fen):
            raise PaymentMismatch(f"Refund {refund_no} is another one.")
        return found.state

    def refund_state(self, refund_no: str) -> RefundState | None:
        self._answer()
        found = self._refunds.get(refund_no)
        return found.state if found else None

    def bill(self, day: date) -> Iterator[BillEntry | UnreadableLine]:
        self._answer()
        if self.bill_is_late:
            raise ProviderUnavailable("The bill is not written yet.")
        trades = [opened.trade for opened in self._opened.values()]
        paid = [_entry(t, t.amount_fen or 0) for t in trades if t.paid_at and shanghai_date(t.paid_at) == day]
        given_back = [
            _entry(self._opened[refund.trade_no].trade, refund.amount_fen, number, refund.state is RefundState.PROCESSING)
            for number, refund in self._refunds.items()
            if shanghai_date(refund.at) == day
        ]
        return iter(paid + given_back)

    def read_notification(self, headers: Mapping[str, str], body: str, now: datetime) -> Trade | RefundNews:
        lowered = {name.lower(): value for name, value in headers.items()}
        timestamp = lowered.get("fake-timestamp", "0")
        if abs(now.timestamp() - int(timestamp)) > _AGE_SECONDS:
            raise NotificationRefused("The notification is too old.")
        if not hmac.compare_digest(_signature(timestamp, body), lowered.get("fake-signature", "")):
            raise NotificationRefused("The notification is not signed.")
        told = json.loads(body)
        if "refund_no" in told:
            return RefundNews(told["trade_no"], told["refund_no"], RefundState(told["state"]))
        return Trade(told["trade_no"], TradeState.PAID, told["amount_fen"], told["transaction_id"], datetime.fromisoformat(told["paid_at"]))

    def _has_left(self, trade_no: str, amount_fen: int, total_fen: int) -> bool:
        return self.refunded_fen(trade_no) + amount_fen <= total_fen

    def _is_soon(self, trade_no: str) -> bool:
        earlier = [refund.at for refund in self._refunds.values() if refund.trade_no == trade_no]
        return not self.parts_at_once and any(self._clock() < at + _BETWEEN_PARTS for at in earlier)

    def _answer(self) -> None:
        if self.down:
            raise ProviderUnavailable("The provider does not answer.")

    def _now(self, trade_no: str) -> Trade:
        opened = self._opened.get(trade_no)
        return opened.trade if opened else Trade(trade_no, TradeState.UNKNOWN)


def _entry(trade: Trade, amount_fen: int, refund_no: str = "", is_processing: bool = False) -> BillEntry:
    return BillEntry(trade.trade_no, amount_fen, refund_no, trade.transaction_id or "", is_processing)


def _signature(timestamp: str, body: str) -> str:
    return hmac.new(_KEY, f"{timestamp}\n{body}".encode(), hashlib.sha256).hexdigest()
