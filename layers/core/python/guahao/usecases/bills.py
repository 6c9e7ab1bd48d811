"""Comparing a day's bill of the payment provider with the orders, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guahao.domain.bills import BillEntry
from guahao.domain.booking import Order
from guahao.domain.errors import DomainError
from guahao.domain.payment import PaymentState, TradeState
from guahao.ports.orders import OrderIndex
from guahao.usecases.payment import Payments, Settlements
from guahao.usecases.repairs import Repairs

_RECEIVED = (PaymentState.PAID, PaymentState.REFUNDING, PaymentState.REFUNDED)
_FIGURES = ("latePayments", "refunds", "unknownTrades", "differingAmounts", "unexpectedRefunds", "missingInBill", "remaining")
_SUMS = ("billPaidFen", "ordersPaidFen", "billRefundedFen", "ordersRefundedFen")


@dataclass(frozen=True)
class Bills:
    """Repairs what an order should have learnt of its money, and tells of what only a person can judge."""

    index: OrderIndex
    payments: Payments
    settlements: Settlements

    def balance(self, day: date) -> Mapping[str, int]:
        """Go through the bill of a day of Shanghai and return what both sides say, or raise ProviderUnavailable while there is none."""
        return _Balance(self.payments, self.settlements).of(self.index, day)


class _Balance(Repairs):
    """One bill."""

    def __init__(self, payments: Payments, settlements: Settlements) -> None:
        super().__init__(*_FIGURES, *_SUMS)
        self._payments, self._settlements = payments, settlements
        # What orders say they were paid on the day, until the bill says so too. Most agree, so that most orders are read only once.
        self._unbilled: dict[str, int] = {}

    def of(self, index: OrderIndex, day: date) -> Mapping[str, int]:
        bill = self._payments.provider.bill(day)
        self._unbilled = {order.order_id: order.fee_fen for order in index.paid_on(day)}
        for entry in bill:
            try:
                self._refunded(entry) if entry.refund_no else self._paid(entry)
            except DomainError:
                self.note_failure(orderId=entry.trade_no)
        for order_id, fee_fen in self._unbilled.items():
            self.figures["ordersPaidFen"] += fee_fen
            self.note("missingInBill", orderId=order_id)
        return self.figures

    def _paid(self, entry: BillEntry) -> None:
        self.figures["billPaidFen"] += entry.amount_fen
        fee_fen = self._unbilled.pop(entry.trade_no, None)
        if fee_fen is None:
            fee_fen = self._taken_late(entry)
        if fee_fen is not None:
            self.figures["ordersPaidFen"] += fee_fen
            self._compare(entry, fee_fen)

    def _taken_late(self, entry: BillEntry) -> int | None:
        """Return what the order got for this trade, after giving it what it had not heard of."""
        order = self._order(entry)
        if order and order.payment.state not in _RECEIVED:
            trade = self._payments.provider.query(entry.trade_no)
            if trade.state is not TradeState.PAID:
                self.note("unexpectedRefunds", orderId=entry.trade_no)
                return None
            order = self._payments.apply(trade)
            self.note("latePayments", orderId=entry.trade_no)
        return order.fee_fen if order else None

    def _refunded(self, entry: BillEntry) -> None:
        self.figures["billRefundedFen"] += entry.amount_fen
        order = self._order(entry)
        if order is None:
            return
        if order.payment.state is PaymentState.REFUNDING:
            order = self._settlements.settle(order.order_id)
            if order.payment.state is PaymentState.REFUNDED:
                self.note("refunds", orderId=order.order_id)
        if order.payment.state not in (PaymentState.REFUNDING, PaymentState.REFUNDED) or entry.refund_no != order.refund_no:
            self.note("unexpectedRefunds", orderId=order.order_id)
            return
        self.figures["ordersRefundedFen"] += order.fee_fen
        self._compare(entry, order.fee_fen)

    def _order(self, entry: BillEntry) -> Order | None:
        order = self._payments.orders.get(entry.trade_no)
        if order is None:
            self.note("unknownTrades", orderId=entry.trade_no)
        return order

    def _compare(self, entry: BillEntry, fee_fen: int) -> None:
        if entry.amount_fen != fee_fen:
            self.note("differingAmounts", orderId=entry.trade_no)
