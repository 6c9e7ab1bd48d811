"""Settlements: closing or refunding the payments of cancelled orders, and what a substitute's lower fee leaves of others.

What was paid too much goes back; what nobody has begun to pay is asked for no more, and a payment of nothing is closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import Refund, decide_part, due_refunds, returned
from guahao.domain.booking.substitutions import close_payment, is_free_for_good, settle_fee
from guahao.domain.errors import PaymentMismatch
from guahao.domain.payment.payment import PaymentState, RefundState, TradeState
from guahao.usecases.booking.orders import change, find
from guahao.usecases.payment.payment import Payments
from guahao.usecases.payment.refunds import last_try

# So long after the end of a hold an opening may still arrive; the provider then takes money for a minute more, which goes back.
OPENING = timedelta(minutes=1)
# The provider shows them to whoever paid.
REASON, REASON_OF_PART = "退号退款", "替诊退差价"


@dataclass(frozen=True)
class Settlements:
    """Settles the payments of orders."""

    payments: Payments

    def settle(self, order_id: str) -> Order:
        """Close or refund the payment of a cancelled order, have another pay and keep no more than its fee, as far as that is possible now.

        What the provider has not finished is asked for again by Reconciliation. A provider that does not answer raises
        ProviderUnavailable, a refund that is refused or stuck PaymentMismatch: that one needs a person.
        """
        order = self._change(find(self.payments.orders, order_id), settle_fee)
        is_over = order.state is OrderState.CANCELLED or is_free_for_good(order, self.payments.clock())
        if is_over and order.payment.state is PaymentState.OPEN:
            order = self._close(order)
        order = self._change(order, decide_part)
        while due := due_refunds(order):
            if not self._refund(order, due[0]):
                return order
            order = self._change(order, partial(returned, number=due[0].number))
        return order if order.payment.state is not PaymentState.REFUNDING else self._change(order, Order.refunded)

    def _close(self, order: Order) -> Order:
        provider = self.payments.provider
        trade = provider.query(order.order_id)
        if trade.is_paid:
            # One that is given back already was so by hand: the order takes the money all the same, and `refunded_by_hand` ends it.
            return self.payments.apply(trade)
        if trade.state is TradeState.UNKNOWN and self.payments.clock() < order.hold_until + OPENING:
            # Its opening may still be on the way, and the provider closes without a word what it does not know.
            return order
        try:
            provider.close(order.order_id)
        except PaymentMismatch:
            # The user may have paid between the two calls.
            asked = self.payments.refresh(order)
            if asked.payment.state is PaymentState.OPEN:
                raise
            return asked
        return self._change(order, close_payment)

    def _change(self, order: Order, move: Callable[..., Order]) -> Order:
        return change(self.payments.orders, order.order_id, lambda current: move(current, now=self.payments.clock()))

    def _refund(self, order: Order, refund: Refund) -> bool:
        """Ask for the refund, unless it was asked for, and return whether it is done."""
        provider = self.payments.provider
        # Asked first: a refund on its way is asked about in every run, and may be asked for only so often.
        number, state = last_try(provider, refund.number)
        if state is None:
            reason = REASON if refund.number == order.refund_no else REASON_OF_PART
            state = provider.refund(order.order_id, number, refund.fen, order.charged_fen, reason)
        if state is RefundState.ABNORMAL:
            raise PaymentMismatch(f"The refund {number} waits for a person at the provider.")
        return state is RefundState.DONE
