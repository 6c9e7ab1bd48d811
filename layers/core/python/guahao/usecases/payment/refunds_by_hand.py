"""Refunds by hand: money that the provider does not return, and that a person gave back."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.orders import Order
from guahao.domain.booking.refunds import decide_part, due_refunds, returned_by_hand
from guahao.domain.errors import OrderStateConflict
from guahao.domain.payment.payment import RefundState
from guahao.domain.versions import retry
from guahao.ports.payment.refunds_by_hand import AuditedOrders
from guahao.usecases.booking.orders import find
from guahao.usecases.payment.payment import Payments
from guahao.usecases.payment.refunds import last_try


@dataclass(frozen=True)
class RefundsByHand:
    """Records refunds by hand."""

    payments: Payments
    audited_orders: AuditedOrders

    def note(self, administrator: str, order_id: str, reason: str) -> Order:
        """Record that the order's money was given back by hand, and why, or raise NotFound or OrderStateConflict.

        A refund that the provider has done or is doing is refused, because the user would get the money twice.
        """
        entry = AuditEntry(administrator, Action.ORDER_REFUNDED_BY_HAND, order_id, reason)

        def write() -> Order:
            before, now = find(self.payments.orders, order_id), self.payments.clock()
            after = returned_by_hand(before, now)
            self._require_left_to_a_person(decide_part(before, now))
            self.audited_orders.move(before, after, entry, now)
            return after

        return retry(write, "This order")

    def _require_left_to_a_person(self, order: Order) -> None:
        provider = self.payments.provider
        if due := due_refunds(order):
            is_left = all(last_try(provider, refund.number).state in (None, RefundState.ABNORMAL) for refund in due)
        else:  # closed or refunded in the next minutes, unless money came that does not fit
            trade = provider.query(order.order_id)
            is_left = trade.is_paid and trade.amount_fen != order.charged_fen
        if not is_left:
            detail = "The provider is still closing or refunding this payment: give nothing back. Open the order again in some minutes."
            raise OrderStateConflict(detail, rule="refundingPayment")
