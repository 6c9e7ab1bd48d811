"""Refunds that the provider does not carry out: somebody gives the money back and an administrator notes it."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.audit_log import Action, Deed
from guahao.domain.booking import Order
from guahao.domain.errors import OrderStateConflict, Unavailable
from guahao.domain.payment import PaymentState, RefundState, TradeState
from guahao.ports.booking import OrderMoved
from guahao.ports.refunds_by_hand import OrderDesk
from guahao.usecases.changes import ROUNDS, find
from guahao.usecases.payment import Payments


@dataclass(frozen=True)
class RefundsByHand:
    """Ends refunds that only a person can help."""

    payments: Payments
    desk: OrderDesk

    def note(self, administrator: str, order_id: str, reason: str) -> Order:
        """Note that the order's money was given back by hand, and why, or raise NotFound or OrderStateConflict.

        Money that the provider has given back, or is giving back, is not noted: it would be there twice.
        """
        deed = Deed(administrator, Action.ORDER_REFUNDED_BY_HAND, order_id, reason)
        for _ in range(ROUNDS):
            before, now = find(self.payments.orders, order_id), self.payments.clock()
            after = before.refunded_by_hand(now)
            self._require_left_to_a_person(before)
            try:
                self.desk.move(before, after, deed, now)
            except OrderMoved:
                continue
            return after
        raise Unavailable("This order is being changed by many at once. Send the same request again.")

    def _require_left_to_a_person(self, order: Order) -> None:
        provider = self.payments.provider
        if order.payment.state is PaymentState.REFUNDING:
            is_left = provider.refund_state(order.refund_no) in (None, RefundState.FAILED)
        else:  # closed or refunded in the next minutes, unless money came that does not fit
            trade = provider.query(order.order_id)
            is_left = trade.state in (TradeState.PAID, TradeState.REFUNDING) and trade.amount_fen != order.fee_fen
        if not is_left:
            detail = "The provider is bringing this payment to its end: give nothing back. Look at the order again in some minutes."
            raise OrderStateConflict(detail, rule="refundingPayment")
