"""Money of orders: open a payment, believe the provider about it, close it or give it back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from guahao.domain.booking import Order
from guahao.domain.errors import PaymentMismatch, ProviderUnavailable
from guahao.domain.order_states import OrderState
from guahao.domain.payment import PaymentState, RefundState, Trade, TradeState
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox
from guahao.ports.payment import DrawQr, PaymentProvider, QrCodes
from guahao.usecases.changes import change, find, find_own

_log = logging.getLogger(__name__)

# The provider shows it to whoever paid.
REASON = "退号退款"


@dataclass(frozen=True)
class PaymentView:
    """The payment of an order as its user sees it; the code is there while it can be scanned."""

    order_id: str
    state: PaymentState
    amount_fen: int
    expires_at: datetime
    code_url: str | None = None
    qr_code: str | None = None


@dataclass(frozen=True)
class Payments:
    """What the provider says of payments, and what orders make of it."""

    orders: Orders
    provider: PaymentProvider
    clock: Clock

    def notified(self, headers: Mapping[str, str], body: str) -> None:
        """Take a notification of the provider, proven to be its own, as often as it comes."""
        trade = self.provider.read_notification(headers, body, self.clock())
        if trade.state is TradeState.PAID:
            self.apply(trade)

    def apply(self, trade: Trade) -> Order:
        """Give a paid trade to its order: paid once, refunded in full if the order can no longer take it.

        Money that came a second time, under another transaction, is only told of in the log: a person must give it back.
        """
        order = change(self.orders, trade.trade_no, lambda current: current.pay(trade, self.clock()))
        taken = order.payment.transaction_id
        if taken and trade.transaction_id and trade.transaction_id != taken:
            about = {"orderId": order.order_id, "taken": taken, "notTaken": trade.transaction_id}
            _log.warning("an order was paid twice", extra={"fields": about})
        return order

    def ask(self, order: Order) -> Order:
        """Return the order after asking the provider for its payment, if that is open."""
        if order.payment.state is not PaymentState.OPEN:
            return order
        trade = self.provider.query(order.order_id)
        return self.apply(trade) if trade.state is TradeState.PAID else order

    def expire(self, order_id: str) -> Order:
        """Cancel the order if its hold has ended unpaid, whatever the provider says or does not; return it as it is then."""
        return change(self.orders, order_id, lambda current: current.expire(self.clock()))


@dataclass(frozen=True)
class Settlements:
    """The end of the payments of cancelled orders."""

    payments: Payments

    def settle(self, order_id: str) -> Order:
        """Bring the payment of a cancelled order nearer to its end, closed or refunded in full, and return the order.

        What the provider has not finished is asked for again by Reconciliation. A provider that does not answer raises
        ProviderUnavailable, a refund that failed PaymentMismatch: that one needs a person.
        """
        order = find(self.payments.orders, order_id)
        if order.state is OrderState.CANCELLED and order.payment.state is PaymentState.OPEN:
            order = self._close(order)
        if order.payment.state is PaymentState.REFUNDING:
            order = self._refund(order)
        return order

    def _close(self, order: Order) -> Order:
        provider = self.payments.provider
        trade = provider.query(order.order_id)
        if trade.state in (TradeState.PAID, TradeState.REFUNDING):
            # One that is given back already was so by hand: the order takes the money all the same, and `refunded_by_hand` ends it.
            return self.payments.apply(trade)
        if trade.state is TradeState.UNKNOWN and self.payments.clock() < order.hold_until:
            # Its opening may still be on the way; after the hold the provider opens it no more.
            return order
        try:
            provider.close(order.order_id)
        except PaymentMismatch:
            # Somebody may have paid between the two calls.
            asked = self.payments.ask(order)
            if asked.payment.state is PaymentState.OPEN:
                raise
            return asked
        return change(self.payments.orders, order.order_id, lambda current: current.close_payment(self.payments.clock()))

    def _refund(self, order: Order) -> Order:
        provider = self.payments.provider
        # Asked first: a refund on its way is asked about in every run, and may be asked for only so often.
        state = provider.refund_state(order.refund_no)
        if state is None:
            state = provider.refund(order.order_id, order.refund_no, order.fee_fen, REASON)
        if state is RefundState.FAILED:
            raise PaymentMismatch(f"The refund of order {order.order_id} failed at the provider.")
        if state is RefundState.PROCESSING:
            return order
        return change(self.payments.orders, order.order_id, lambda current: current.refunded(self.payments.clock()))


@dataclass(frozen=True)
class Holds:
    """The end of holds that nobody paid for."""

    payments: Payments
    outbox: Outbox

    def end(self, order_id: str) -> None:
        """Cancel the order if its hold has ended unpaid; if it has not ended yet, ask again when it has.

        Whatever the provider answers, or does not, the number comes back; money that came after all is the matter of Settlements.
        """
        orders, clock = self.payments.orders, self.payments.clock
        order = find(orders, order_id)
        if order.state is not OrderState.AWAITING_PAYMENT:
            return
        left = (order.hold_until - clock()).total_seconds()
        if left > 0:
            self.outbox.expire_hold(order_id, int(left) + 1)
            return
        with suppress(ProviderUnavailable, PaymentMismatch):
            self.payments.ask(order)
        self.payments.expire(order_id)


@dataclass(frozen=True)
class Checkout:
    """The payment as its user meets it: opened, shown as a code, followed."""

    payments: Payments
    codes: QrCodes
    draw: DrawQr

    def open(self, user_id: str, order_id: str) -> PaymentView:
        """Open the order's one payment until its hold ends, or return the one that is open.

        The order notes the opening before the provider hears of it, so that no trade is ever unknown to us.
        """
        orders, clock = self.payments.orders, self.payments.clock
        find_own(orders, user_id, order_id)
        order = change(orders, order_id, lambda current: current.open_payment(clock()))
        code_url = self.codes.recall(order_id)
        if code_url is None:
            visit = f"{order.hospital_name} {order.department_name} {order.date.isoformat()}"
            code_url = self.payments.provider.open(order_id, order.fee_fen, visit, order.hold_until)
            # Cancelled meanwhile, the code must not be paid; `settle` closes the trade.
            order = find(orders, order_id).open_payment(clock())
            self.codes.remember(order_id, code_url, order.hold_until)
        return self._view(order, code_url)

    def state(self, user_id: str, order_id: str) -> PaymentView:
        """Return how far the payment of the user's own order is; while it is open the provider is asked, if it answers."""
        order = find_own(self.payments.orders, user_id, order_id)
        with suppress(ProviderUnavailable):
            order = self.payments.ask(order)
        # What is still open of a cancelled order is about to be closed.
        is_payable = order.state is OrderState.AWAITING_PAYMENT and order.payment.state is PaymentState.OPEN
        return self._view(order, self.codes.recall(order_id) if is_payable else None)

    def _view(self, order: Order, code_url: str | None) -> PaymentView:
        drawn = self.draw(code_url) if code_url else None
        return PaymentView(order.order_id, order.payment.state, order.fee_fen, order.hold_until, code_url, drawn)
