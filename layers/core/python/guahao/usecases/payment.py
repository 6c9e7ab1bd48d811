"""Money of orders: open a payment, believe the provider about it, close it or give it back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from guahao.domain.booking import Order, OrderState
from guahao.domain.errors import PaymentMismatch, ProviderUnavailable
from guahao.domain.payment import PaymentState, RefundState, Trade, TradeState
from guahao.ports.booking import Orders
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox
from guahao.ports.payment import DrawQr, PaymentProvider, QrCodes
from guahao.usecases.changes import change, find, find_own


@dataclass(frozen=True)
class PaymentView:
    """The payment of an order as its user sees it; the code is there when it was just opened."""

    order_id: str
    state: PaymentState
    amount_fen: int
    expires_at: datetime
    code_url: str | None = None
    qr_code: str | None = None


def _view(order: Order, code_url: str | None = None, qr_code: str | None = None) -> PaymentView:
    return PaymentView(order.order_id, order.payment.state, order.fee_fen, order.hold_until, code_url, qr_code)


@dataclass(frozen=True)
class Payments:
    """What users and the provider do with payments."""

    orders: Orders
    provider: PaymentProvider
    clock: Clock

    def notified(self, headers: Mapping[str, str], body: str) -> None:
        """Take a notification of the provider, proven to be its own, as often as it comes."""
        trade = self.provider.read_notification(headers, body, self.clock())
        if trade.state is TradeState.PAID:
            self.apply(trade)

    def state(self, user_id: str, order_id: str) -> PaymentView:
        """Return how far the payment of the user's own order is; while it is open the provider is asked."""
        return _view(self.ask(find_own(self.orders, user_id, order_id)))

    def settle(self, order_id: str) -> None:
        """Bring the payment of a cancelled order to its end: closed, or refunded in full.

        Raises ProviderUnavailable while the provider has not confirmed, so that the caller tries again.
        """
        order = find(self.orders, order_id)
        if order.state is OrderState.CANCELLED and order.payment.state is PaymentState.OPEN:
            order = self._close(order)
        if order.payment.state is PaymentState.REFUNDING:
            self._refund(order)

    def apply(self, trade: Trade) -> Order:
        """Give a paid trade to its order: paid once, refunded in full if the order can no longer take it."""
        return change(self.orders, trade.trade_no, lambda order: order.pay(trade, self.clock()))

    def ask(self, order: Order) -> Order:
        """Return the order after asking the provider for its payment, if that is open."""
        if order.payment.state is not PaymentState.OPEN:
            return order
        trade = self.provider.query(order.order_id)
        return self.apply(trade) if trade.state is TradeState.PAID else order

    def _close(self, order: Order) -> Order:
        order = self.ask(order)
        if order.payment.state is not PaymentState.OPEN:
            return order
        try:
            self.provider.close(order.order_id)
        except PaymentMismatch:
            # Somebody paid between the two calls.
            return self.ask(order)
        return change(self.orders, order.order_id, lambda current: current.close_payment())

    def _refund(self, order: Order) -> None:
        state = self.provider.refund(order.order_id, order.refund_no, order.fee_fen, "registration cancelled")
        if state is RefundState.PROCESSING:
            state = self.provider.refund_state(order.refund_no) or state
        if state is not RefundState.DONE:
            raise ProviderUnavailable("The provider has not confirmed the refund yet; it will be asked again.")
        change(self.orders, order.order_id, lambda current: current.refunded())


@dataclass(frozen=True)
class Holds:
    """The end of holds that nobody paid for."""

    payments: Payments
    outbox: Outbox

    def end(self, order_id: str) -> None:
        """Cancel the order if its hold has ended unpaid; if it has not ended yet, ask again when it has.

        Whatever the provider answers, or does not, the number comes back; money that came after all is the matter of `settle`.
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
        change(orders, order_id, lambda current: current.expire(clock()))


@dataclass(frozen=True)
class Checkout:
    """Opening a payment and drawing its code."""

    orders: Orders
    provider: PaymentProvider
    codes: QrCodes
    draw: DrawQr
    clock: Clock

    def open(self, user_id: str, order_id: str) -> PaymentView:
        """Open the order's one payment until its hold ends, or return the one that is open.

        The order notes the opening before the provider hears of it, so that no trade is ever unknown to us.
        """
        find_own(self.orders, user_id, order_id)
        order = change(self.orders, order_id, lambda current: current.open_payment(self.clock()))
        code_url = self.codes.recall(order_id)
        if code_url is None:
            visit = f"{order.hospital_name} {order.department_name} {order.date.isoformat()}"
            code_url = self.provider.open(order_id, order.fee_fen, visit, order.hold_until)
            self.codes.remember(order_id, code_url, order.hold_until)
        return _view(order, code_url, self.draw(code_url))
