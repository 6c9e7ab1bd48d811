"""Orders of which something is due, and what reconciles them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from guahao.domain.booking.confirmation import ConfirmationPolicy
from guahao.domain.booking.order_states import Cause
from guahao.domain.booking.orders import Order, place
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.usecases.booking.number_pool_checks import PoolChecks
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from guahao.usecases.payment.payment import Checkout, Payments
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.reconciliation.out_of_step import OutOfStep
from guahao.usecases.reconciliation.reconcile_orders import Reconciliation
from guahao.usecases.reconciliation.unconfirmed import UnconfirmedOrders
from tests.builders import NOW, patient, schedule
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import FakeHospitalAccess
from tests.fakes.orders import FakeOrderIndex
from tests.fakes.partners import FakePartnerSystem, FakePublicationLock
from tests.fakes.payment import FakePaymentProvider
from tests.fakes.vault import FakeVault
from tests.killing import Killer
from tests.unit.paying import FakeQrCodes
from tests.unit.test_order_states import HOLD

LONG = timedelta(minutes=3)


class World:
    """Orders of two hospitals, and no message of any change ever arrives."""

    def __init__(self) -> None:
        self.clock, self.orders, self.pool, self.catalog = FakeClock(NOW), FakeOrders(), FakePool(), FakeCatalog()
        self.provider, self.hospital = FakePaymentProvider(self.clock), FakePartnerSystem()
        self.payments = Payments(self.orders, self.provider, self.clock)
        self.checkout = Checkout(self.payments, FakeQrCodes(), str)
        self.settings = FakeHospitalAccess(*(HospitalAccess(code, "https://hospital.example", "key") for code in ("10001", "2000")))

    def place(self, order_id: str = "o1", **schedule_changes: Any) -> Order:
        booked = schedule(f"s-{order_id}", **schedule_changes)
        self.orders.add_numbers(booked.schedule_id, 1)
        order = place(booked, 1, order_id=order_id, patient=patient(f"p-{order_id}"), now=self.clock(), hold=HOLD)
        self.orders.place(order, self.orders.ledger(order.holder.person))
        return order

    def open(self, order_id: str = "o1", **schedule_changes: Any) -> None:
        self.place(order_id, **schedule_changes)
        self.checkout.open("u1", order_id)

    def scan(self, order_id: str = "o1", **schedule_changes: Any) -> None:
        """Pay, without anybody hearing of it."""
        self.open(order_id, **schedule_changes)
        self.provider.pay(order_id)

    def pay(self, order_id: str = "o1", **schedule_changes: Any) -> None:
        self.scan(order_id, **schedule_changes)
        self.payments.notified(*self.provider.notification(order_id))

    def cancel(self, order_id: str = "o1") -> None:
        order = self.order(order_id)
        self.orders.move(order, order.cancel(Cause.CANCELLED_BY_USER, self.clock()), self.orders.ledger(order.holder.person))

    def order(self, order_id: str = "o1") -> Order:
        return self.orders.orders[order_id]

    def reconciliation(self, killer: Killer | None = None, draw: float = 0.999) -> Reconciliation:
        watch = killer.watch if killer else lambda part: part
        orders, provider, hospital = watch(self.orders), watch(self.provider), watch(self.hospital)
        payments = Payments(orders, provider, self.clock)
        calls = PartnerCalls(orders, self.settings, hospital, FakeVault(), self.clock)
        unconfirmed = UnconfirmedOrders(orders, self.catalog, ConfirmationPolicy(), self.clock)
        pools = PoolChecks(watch(self.pool), watch(self.orders.numbers).of, self.clock)
        schedules = OutOfStep(watch(self.catalog), watch(self.orders.numbers), self.pool, FakePublicationLock(), self.clock)
        return Reconciliation(
            FakeOrderIndex(self.orders), payments, Settlements(payments), calls, unconfirmed, pools, schedules, self.clock, lambda: draw
        )

    def run(self, **options: Any) -> dict[str, int]:
        """Reconcile and return the figures that are not 0."""
        return {name: figure for name, figure in self.reconciliation(**options).run(120, LONG).items() if figure}


def told(log: list[logging.LogRecord]) -> list[tuple[str, object]]:
    return [(line.getMessage(), vars(line)["fields"]["orderId"]) for line in log]
