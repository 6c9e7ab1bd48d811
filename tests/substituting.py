"""A world for tests of substitutions: a schedule whose doctor changes, who booked it, and all that follows, each message in its time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from guahao.contracts.messages import OrderNotice, QueueMessage
from guahao.domain.booking.orders import Order, place
from guahao.domain.errors import ProviderUnavailable, Unavailable
from guahao.usecases.booking.bookable import bookable_schedules
from guahao.usecases.booking.order_changed import OrderChanges
from guahao.usecases.hospitals.substitutions import SubstitutedSchedules
from guahao.usecases.payment.holds import Holds
from guahao.usecases.payment.payment import Payments
from guahao.usecases.payment.settlements import Settlements
from tests import suspending
from tests.builders import patient
from tests.killing import Killer
from tests.suspending import LOST, schedule
from tests.unit.test_order_states import HOLD

UNHEARD = timedelta(minutes=10)
SHARED, OTHER = LOST, schedule("other")


class World(suspending.World):
    """The schedule SHARED of 林一 for 50 yuan. Messages are handled when they are due, each twice."""

    def __init__(self) -> None:
        super().__init__(SHARED, OTHER)
        self.waiting: list[tuple[datetime, QueueMessage]] = []
        self.changes = OrderChanges(self, self.pool, self.clock)
        self.holds = Holds(self.payments, self)
        self.deaf = False

    def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
        """Take a message of the product."""
        self.waiting.append((self.clock() + timedelta(seconds=delay_seconds), message))

    def order(self, n: int = 1) -> Order:
        return self.orders.orders[f"o{n}"]

    def booked_as_it_was(self, n: int) -> Order:
        """Return an order that is not placed yet, with what the schedule says now."""
        bookable = bookable_schedules(self.catalog, [SHARED.schedule_id])[SHARED.schedule_id]
        return place(bookable, n, order_id=f"o{n}", patient=patient(f"p{n}", f"u{n}"), now=self.clock(), hold=HOLD)

    def publish(self, doctor_name: str, **changes: Any) -> None:
        """Have the catalogue name another doctor, and all orders follow."""
        self.follow()
        self.rename(doctor_name, **changes)
        self.substituted().follow(SHARED.schedule_id)
        self.follow()

    def rename(self, doctor_name: str, **changes: Any) -> None:
        self.catalog.put_schedules([replace(SHARED, doctor_name=doctor_name, **changes)])

    def substituted(self, killer: Killer | None = None) -> SubstitutedSchedules:
        parts = (self.catalog, self.orders)
        catalog, orders = map(killer.watch, parts) if killer else parts
        return SubstitutedSchedules(catalog, self.orders.numbers_of, orders, self.clock, UNHEARD)

    def settlements_of(self, orders: Any, provider: Any) -> Settlements:
        """Return settlements over parts that may be watched."""
        return Settlements(Payments(orders, provider, self.clock))

    def wait(self, **duration: float) -> None:
        """Let time pass, and what is due be done at its moment."""
        end = self.clock() + timedelta(**duration)
        self.follow()
        while due := [waiting for waiting in self.waiting if waiting[0] <= end]:
            first = min(due, key=lambda waiting: waiting[0])
            self.waiting.remove(first)
            self.clock.now = max(self.clock.now, first[0])
            self._handle(first[1])
            self.follow()
        self.clock.now = end

    def follow(self) -> None:
        for order_id, order in list(self.orders.orders.items()):
            before, self.seen[order_id] = self.seen.get(order_id), order
            if before is not order:
                self.changes.follow(before, order)

    def _handle(self, message: QueueMessage) -> None:
        for _ in range(2):
            match type(message).__name__:
                case "PartnerCall":
                    self.calls.notify_hospital(message.order_id)  # type: ignore[attr-defined]
                case "Settlement" if not self.deaf:
                    try:
                        self.settlements.settle(message.order_id)  # type: ignore[attr-defined]
                    except ProviderUnavailable:
                        self.send(message, 30)
                        return
                case "HoldEnd":
                    self.holds.end(message.order_id)  # type: ignore[attr-defined]
                case "OrderNotice":
                    assert isinstance(message, OrderNotice)
                    # A repeat comes while the first may still fail, and is told to come again.
                    with suppress(Unavailable):
                        self.notices.send(message)

    def told(self, word: str = "改由") -> list[str]:
        """Return the SMS with the word in it."""
        return [text for _, text in self.sms.sent if word in text]
