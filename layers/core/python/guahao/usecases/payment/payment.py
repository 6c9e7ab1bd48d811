"""Payments of orders: opening them, and following what the provider says."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import returned
from guahao.domain.booking.unpaid import note_silence
from guahao.domain.errors import ProviderUnavailable
from guahao.domain.payment.payment import PaymentState, RefundNews, RefundState, Trade, TradeState
from guahao.domain.payment.refund_numbers import refund_of
from guahao.ports.booking.orders import Orders
from guahao.ports.clock import Clock
from guahao.ports.payment.payment import DrawQr, PaymentProvider, QrCodes
from guahao.usecases.booking.orders import change, find, find_own

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PaymentView:
    """The payment of an order as its user sees it; the code is present while it can be scanned."""

    order_id: str
    state: PaymentState
    amount_fen: int
    expires_at: datetime
    code_url: str | None = None
    qr_code: str | None = None


@dataclass(frozen=True)
class Payments:
    """Applies the provider's answers about payments to orders."""

    orders: Orders
    provider: PaymentProvider
    clock: Clock

    def notified(self, headers: Mapping[str, str], body: str) -> None:
        """Take a notification of the provider, proven to be its own, as often as it comes."""
        told = self.provider.read_notification(headers, body, self.clock())
        if isinstance(told, RefundNews):
            self._note_refund(told)
        elif told.state is TradeState.PAID:
            self.apply(told)

    def _note_refund(self, told: RefundNews) -> None:
        """Note the end of a refund of the order's own; what was stopped is found by Reconciliation, another refund by the bill."""
        if told.state is RefundState.DONE and self.orders.get(told.trade_no):
            change(self.orders, told.trade_no, lambda current: returned(current, refund_of(told.refund_no), self.clock()))

    def apply(self, trade: Trade) -> Order:
        """Apply a paid trade to its order, which becomes paid or, if it can no longer be, is refunded in full.

        A second payment, under another transaction, is only logged: a person must give it back.
        """
        order = change(self.orders, trade.trade_no, lambda current: current.pay(trade, self.clock()))
        taken = order.payment.transaction_id
        if taken and trade.transaction_id and trade.transaction_id != taken:
            about = {"orderId": order.order_id, "taken": taken, "notTaken": trade.transaction_id}
            _log.warning("an order was paid twice", extra={"fields": about})
        return order

    def refresh(self, order: Order) -> Order:
        """Return the order, after applying the provider's present answer if its payment is open."""
        if order.payment.state is not PaymentState.OPEN:
            return order
        trade = self.provider.query(order.order_id)
        return self.apply(trade) if trade.is_paid else order

    def expire(self, order_id: str, silent: bool = False) -> Order:
        """Cancel the order if its hold has ended unpaid, whatever the provider says or does not; return it as it is then.

        `silent`: the provider could not say whether it was paid, so that the end is nobody's guilt.
        """

        def expire(current: Order) -> Order:
            after = current.expire(self.clock())
            # One write is one version.
            return replace(note_silence(after, silent=True), version=after.version) if silent and after is not current else after

        return change(self.orders, order_id, expire)


@dataclass(frozen=True)
class Checkout:
    """The payment as its user sees it: opened, shown as a code, followed."""

    payments: Payments
    codes: QrCodes
    draw: DrawQr

    def open(self, user_id: str, order_id: str) -> PaymentView:
        """Open the order's one payment until its hold ends, or return the one that is open, without a code while somebody else asks for it.

        The order is marked before the provider is called, so that every trade is known to us.
        """
        orders, clock = self.payments.orders, self.payments.clock
        find_own(orders, user_id, order_id)
        order = change(orders, order_id, lambda current: current.open_payment(clock()))
        code_url = self.codes.recall(order_id)
        if code_url is None and self.codes.claim(order_id):
            code_url, order = self._opened(order)
        return self._view(order, code_url)

    def _opened(self, order: Order) -> tuple[str, Order]:
        """Return a code that the provider gave just now, and the order as it then is."""
        orders, order_id = self.payments.orders, order.order_id
        try:
            visit = f"{order.visit.hospital_name} {order.visit.department_name} {order.visit.date.isoformat()}"
            try:
                code_url = self.payments.provider.open(order_id, order.charged_fen, visit, order.hold_until)
            except ProviderUnavailable:
                self._note_silence(order_id, silent=True)
                raise
            if order.payment.provider_silent:
                self._note_silence(order_id, silent=False)
            # Cancelled meanwhile, the code must not be paid; `settle` closes the trade.
            order = find(orders, order_id).open_payment(self.payments.clock())
            self.codes.remember(order_id, code_url, order.hold_until)
        finally:
            self.codes.release(order_id)
        return code_url, order

    def _note_silence(self, order_id: str, *, silent: bool) -> None:
        """Note on an order that still waits whether the provider was down: whoever could not pay is not counted as not paying."""
        waits = OrderState.AWAITING_PAYMENT
        change(self.payments.orders, order_id, lambda current: note_silence(current, silent) if current.state is waits else current)

    def state(self, user_id: str, order_id: str) -> PaymentView:
        """Return the payment of the user's own order; if it is open, the provider is asked first, if it answers."""
        order = find_own(self.payments.orders, user_id, order_id)
        with suppress(ProviderUnavailable):
            order = self.payments.refresh(order)
        # The open payment of a cancelled order will be closed soon.
        is_payable = order.state is OrderState.AWAITING_PAYMENT and order.payment.state is PaymentState.OPEN
        return self._view(order, self.codes.recall(order_id) if is_payable else None)

    def _view(self, order: Order, code_url: str | None) -> PaymentView:
        drawn = self.draw(code_url) if code_url else None
        return PaymentView(order.order_id, order.payment.state, order.charged_fen, order.hold_until, code_url, drawn)
