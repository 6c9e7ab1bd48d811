"""The end of holds that nobody paid for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from guahao.contracts.messages import HoldEnd
from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import PaymentMismatch, ProviderUnavailable
from guahao.ports.outbox import Outbox
from guahao.usecases.booking.orders import find
from guahao.usecases.payment.payment import Payments


@dataclass(frozen=True)
class Holds:
    """Ends holds that nobody paid for."""

    payments: Payments
    outbox: Outbox

    def end(self, order_id: str) -> None:
        """Cancel the order if its hold has ended unpaid; if it has not ended yet, ask again when it has.

        The number is freed whatever the provider answers; a payment that arrives after all is left to Settlements.
        """
        orders, clock = self.payments.orders, self.payments.clock
        order = find(orders, order_id)
        if order.state is not OrderState.AWAITING_PAYMENT:
            return
        left = (order.hold_until - clock()).total_seconds()
        if left > 0:
            self.outbox.send(HoldEnd(order_id=order_id), int(left) + 1)
            return
        silent = False
        try:
            with suppress(PaymentMismatch):
                self.payments.refresh(order)
        except ProviderUnavailable:
            silent = True
        self.payments.expire(order_id, silent)
