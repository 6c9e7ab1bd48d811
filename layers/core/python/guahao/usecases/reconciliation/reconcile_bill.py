"""The daily reconciliation: the payment provider's bill of a day compared with the orders, to the fen, and the withdrawals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import Refund, due_refunds, refunds_of
from guahao.domain.errors import PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.bills import BillEntry, UnreadableLine
from guahao.domain.payment.payment import PaymentState, RefundState
from guahao.domain.payment.refund_numbers import refund_of, try_before
from guahao.domain.time import shanghai_date
from guahao.ports.booking.order_index import OrderIndex
from guahao.ports.clock import Clock
from guahao.usecases.payment.payment import Payments
from guahao.usecases.payment.refunds import last_try
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.reconciliation.repairs import Repairs
from guahao.usecases.reconciliation.withdrawals import Withdrawals

_RECEIVED = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)
_REPAIRED = ("latePayments", "refunds")
_DIFFERENCES = ("unknownTrades", "differingAmounts", "paidTwice", "unexpectedRefunds", "missingInBill", "refundsMissingInBill")
_UNDONE = ("unreadable", "billMissing", "outOfTime", "remaining")
_SUMS = ("billPaidFen", "ordersPaidFen", "billRefundedFen", "ordersRefundedFen")


@dataclass(frozen=True)
class Bills:
    """Compares bills with orders: repairs payments and refunds that an order missed, and counts what only a person can judge."""

    index: OrderIndex
    payments: Payments
    settlements: Settlements
    time: timedelta = timedelta(minutes=8)

    def balance(self, day: date) -> Mapping[str, int]:
        """Compare the bill of a day of Shanghai with the orders, for `time` at most, and return the figures.

        Failures are figures too: `billMissing` if the provider gave no bill, `outOfTime` if the time ended before the bill did.
        """
        return _Balance(self.payments, self.settlements, day, self.payments.clock() + self.time).of(self.index)


@dataclass(frozen=True)
class DailyReconciliation:
    """Compares the provider's bill with the orders, and checks the withdrawals."""

    withdrawals: Withdrawals
    bills: Bills
    clock: Clock

    def run(self, day: str | None) -> Mapping[str, int]:
        """Repair what can be repaired and return the figures; `day` (YYYY-MM-DD) is that of the bill, by default yesterday."""
        # Each part has its own time and never raises, so that the figures of both are always returned.
        balance = self.bills.balance(date.fromisoformat(day) if day else shanghai_date(self.clock()) - timedelta(days=1))
        withdrawals = self.withdrawals.run()
        return {name: balance.get(name, 0) + withdrawals.get(name, 0) for name in {**balance, **withdrawals}}


class _Claim(NamedTuple):
    """What an order says of its payment or refund: the amount, and the number if it is known."""

    fen: int
    number: str
    is_of_before: bool = False


class _Side:
    """One way that money goes: its figures, what orders say of the day until the bill says so too, and what it has told of."""

    def __init__(self, bill_sum: str, orders_sum: str, second: str) -> None:
        self.bill_sum, self.orders_sum, self.second = bill_sum, orders_sum, second
        # By trades and by numbers of refunds; filled once for the whole day, so that most orders are read only once.
        self.unbilled: dict[str, _Claim] = {}
        # Trades that came, and numbers of refunds.
        self.billed: set[str] = set()


class _Balance(Repairs):
    """The comparison of one bill."""

    def __init__(self, payments: Payments, settlements: Settlements, day: date, until: datetime) -> None:
        super().__init__(*_REPAIRED, *_DIFFERENCES, *_UNDONE, *_SUMS)
        self._payments, self._settlements, self._day, self._until = payments, settlements, day, until
        self._came = _Side("billPaidFen", "ordersPaidFen", "paidTwice")
        self._went = _Side("billRefundedFen", "ordersRefundedFen", "unexpectedRefunds")

    def of(self, index: OrderIndex) -> Mapping[str, int]:
        try:
            self._balance(index)
        except ProviderUnavailable as error:
            self.note("billMissing", day=self._day.isoformat(), reason=error.detail)
        except Exception:  # noqa: BLE001 - the figures found so far are still returned
            self.note_failure(day=self._day.isoformat())
        return self.figures

    def _balance(self, index: OrderIndex) -> None:
        # The orders are read before the bill, so that the bill has everything that they say.
        paid = index.paid_on(self._day)
        self._came.unbilled = {order.order_id: _Claim(order.charged_fen, order.payment.transaction_id) for order in paid}
        given = [(refund, order.order_id) for order in index.refunded_on(self._day) for refund in self._refunds_of_day(order)]
        self._went.unbilled = {refund.number: self._claim(refund) for refund, _ in given}
        owners = {refund.number: order_id for refund, order_id in given}
        for entry in self._payments.provider.bill(self._day):
            if self._is_out_of_time():
                return
            self._look_at(entry)
        for order_id, claim in self._came.unbilled.items():
            self.figures["ordersPaidFen"] += claim.fen
            self.note("missingInBill", orderId=order_id)
        for refund_no, claim in self._went.unbilled.items():
            if self._is_out_of_time():
                return
            self._miss(owners[refund_no], claim)

    def _refunds_of_day(self, order: Order) -> list[Refund]:
        given = [refund for refund in refunds_of(order) if refund.done_at and not refund.by_hand]
        return [refund for refund in given if refund.done_at and shanghai_date(refund.done_at) == self._day]

    def _claim(self, refund: Refund) -> _Claim:
        return _Claim(refund.fen, refund.number, is_of_before=shanghai_date(refund.begun_at) != self._day)

    def _is_out_of_time(self) -> bool:
        is_late = self._payments.clock() >= self._until
        self.figures["outOfTime"] = int(is_late)
        return is_late

    def _look_at(self, entry: BillEntry | UnreadableLine) -> None:
        if isinstance(entry, UnreadableLine):
            self.note("unreadable", day=self._day.isoformat(), line=entry.number)
            return
        try:
            self._compare(entry, self._went if entry.refund_no else self._came)
        except Exception:  # noqa: BLE001 - one entry that cannot be compared must not keep the others waiting
            self.note_failure(orderId=entry.trade_no)

    def _compare(self, entry: BillEntry, side: _Side) -> None:
        self.figures[side.bill_sum] += entry.amount_fen
        about = refund_of(entry.refund_no) if entry.refund_no else entry.trade_no
        claim = side.unbilled.get(about) or (self._given_back(entry) if entry.refund_no else self._taken_late(entry))
        if claim is None:
            return
        number, row = entry.refund_no or entry.transaction_id, entry.refund_no or entry.trade_no
        known = claim.number in ("", about if entry.refund_no else number)
        if row in side.billed or not known or not self._is_due(entry):
            self.note(side.second, orderId=entry.trade_no, number=number)
            return
        side.billed.add(row)
        side.unbilled.pop(about, None)
        self.figures[side.orders_sum] += claim.fen
        if entry.amount_fen != claim.fen:
            self.note("differingAmounts", orderId=entry.trade_no)

    def _is_due(self, entry: BillEntry) -> bool:
        """Tell whether the entry may be there: a further try of a refund follows one that the provider closed."""
        before = try_before(entry.refund_no)
        return before is None or self._payments.provider.refund_state(before) is RefundState.CLOSED

    def _taken_late(self, entry: BillEntry) -> _Claim | None:
        """Return what the order says of this payment, after giving the order a payment that it missed."""
        order = self._order(entry)
        if order is None:
            return None
        if order.payment.state not in _RECEIVED:
            trade = self._payments.provider.query(entry.trade_no)
            if not trade.is_paid:
                self.note("unexpectedRefunds", orderId=entry.trade_no)
                return None
            try:
                order = self._payments.apply(trade)
            except PaymentMismatch:
                self.note("differingAmounts", orderId=entry.trade_no)
                return None
            self.note("latePayments", orderId=entry.trade_no)
        return _Claim(order.charged_fen, order.payment.transaction_id)

    def _given_back(self, entry: BillEntry) -> _Claim | None:
        """Return what the order says of this refund, after telling the order of a finished refund that it missed."""
        order = self._order(entry)
        if order is None:
            return None
        number = refund_of(entry.refund_no)
        # What the provider was still at when it wrote the bill is the matter of Reconciliation.
        if not entry.is_processing and number in (refund.number for refund in due_refunds(order)):
            order = self._settlements.settle(order.order_id)
            if number not in (refund.number for refund in due_refunds(order)):
                self.note("refunds", orderId=order.order_id)
        mine = next((refund for refund in refunds_of(order) if refund.number == number), None)
        by_hand = next((refund for refund in refunds_of(order) if refund.by_hand), None)
        if mine is None and by_hand:
            return _Claim(by_hand.fen, "")
        if mine is None or mine.by_hand:
            self.note("unexpectedRefunds", orderId=order.order_id)
            return None
        return _Claim(mine.fen, number)

    def _miss(self, order_id: str, claim: _Claim) -> None:
        """Note a refund that the bill lacks."""
        try:
            # The bill of an earlier day may have it: it was asked for between the days on which it began and ended.
            if claim.is_of_before and last_try(self._payments.provider, claim.number).state is RefundState.DONE:
                return
        except Exception:  # noqa: BLE001 - one refund that cannot be checked must not keep the others waiting
            self.note_failure(orderId=order_id)
            return
        self.figures["ordersRefundedFen"] += claim.fen
        self.note("refundsMissingInBill", orderId=order_id)

    def _order(self, entry: BillEntry) -> Order | None:
        order = self._payments.orders.get(entry.trade_no)
        if order is None:
            self.note("unknownTrades", orderId=entry.trade_no)
        return order
