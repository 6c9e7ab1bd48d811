"""One order that waits for its payment, for the tests of money."""

from __future__ import annotations

from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order, place
from guahao.usecases.payment.holds import Holds
from guahao.usecases.payment.payment import Checkout, Payments
from guahao.usecases.payment.settlements import Settlements
from tests.builders import NOW, patient, schedule
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.outbox import FakeOutbox
from tests.fakes.payment import FakePaymentProvider
from tests.unit.test_order_states import HOLD


class FakeQrCodes:
    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.claimed: set[str] = set()

    def claim(self, trade_no: str) -> bool:
        is_free = trade_no not in self.claimed
        self.claimed.add(trade_no)
        return is_free

    def release(self, trade_no: str) -> None:
        self.claimed.discard(trade_no)

    def remember(self, trade_no: str, code_url: str, expires_at: object) -> None:
        self.codes[trade_no] = code_url

    def recall(self, trade_no: str) -> str | None:
        return self.codes.get(trade_no)


class World:
    """One order that waits for its payment."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.orders, self.outbox, self.codes = FakeOrders(), FakeOutbox(), FakeQrCodes()
        self.provider = FakePaymentProvider(self.clock)
        self.payments = Payments(self.orders, self.provider, self.clock)
        self.holds = Holds(self.payments, self.outbox)
        self.settlements = Settlements(self.payments)
        self.checkout = Checkout(self.payments, self.codes, lambda text: f"drawn:{text}")
        self.orders.add_numbers("s1", 1)
        order = place(schedule(), 1, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
        self.orders.place(order, self.orders.ledger(order.holder.person))

    @property
    def order(self) -> Order:
        return self.orders.orders["o1"]

    def pay(self) -> None:
        """Open the payment, scan it, and let the provider tell of it."""
        self.checkout.open("u1", "o1")
        self.provider.pay("o1")
        self.notify()

    def cancel(self) -> None:
        self.orders.move(self.order, self.order.cancel(Cause.CANCELLED_BY_USER, self.clock()), self.orders.ledger(self.order.holder.person))

    def notify(self, trade_no: str = "o1") -> None:
        headers, body = self.provider.notification(trade_no)
        self.payments.notified(headers, body)
