"""Settlements: closing or refunding the payments of cancelled orders."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import PaymentMismatch
from guahao.domain.payment.payment import PaymentState, RefundState, TradeState
from guahao.usecases.booking.orders import change, find
from guahao.usecases.payment.payment import Payments

# The reason that the provider shows to the payer.
REASON = "退号退款"


@dataclass(frozen=True)
class Settlements:
    """Settles the payments of cancelled orders."""

    payments: Payments

    def settle(self, order_id: str) -> Order:
        """Close or refund the payment of a cancelled order, as far as that is possible now, and return the order.

        Reconciliation repeats this for a settlement that has not finished. Raises ProviderUnavailable if the provider does not answer, and
        PaymentMismatch if a refund failed, which needs a person.
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
            # If the trade was refunded already, that was done by hand: the order still takes the payment, and `refunded_by_hand` ends it.
            return self.payments.apply(trade)
        if trade.state is TradeState.UNKNOWN and self.payments.clock() < order.hold_until:
            # The opening may still be on its way; after the hold the provider no longer accepts it.
            return order
        try:
            provider.close(order.order_id)
        except PaymentMismatch:
            # The user may have paid between the two calls.
            asked = self.payments.refresh(order)
            if asked.payment.state is PaymentState.OPEN:
                raise
            return asked
        return change(self.payments.orders, order.order_id, lambda current: current.close_payment(self.payments.clock()))

    def _refund(self, order: Order) -> Order:
        provider = self.payments.provider
        # The state is read first: every run checks an unfinished refund, but a refund may be requested only so often.
        state = provider.refund_state(order.refund_no)
        if state is None:
            state = provider.refund(order.order_id, order.refund_no, order.visit.fee_fen, REASON)
        if state is RefundState.FAILED:
            raise PaymentMismatch(f"The refund of order {order.order_id} failed at the provider.")
        if state is RefundState.PROCESSING:
            return order
        return change(self.payments.orders, order.order_id, lambda current: current.refunded(self.payments.clock()))
