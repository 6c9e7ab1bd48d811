"""Accounts that hold numbers and do not pay, for the tests of the limits on that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import DomainError
from guahao.usecases.booking.booking import Booking
from guahao.usecases.payment.holds import Holds
from guahao.usecases.payment.payment import Checkout, Payments
from tests.builders import NOW, VISIT, patient, schedule, user
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock
from tests.fakes.outbox import FakeOutbox
from tests.fakes.payment import FakePaymentProvider
from tests.unit.paying import FakeQrCodes

DAY, HOLD = timedelta(days=1), timedelta(minutes=15)
SCHEDULES = 9


class World:
    """Schedules of three numbers, s0 to s8, in departments and on days of their own, and the accounts u1 and u2."""

    def __init__(self, fee_fen: int = 5000) -> None:
        self.orders, self.pool, self.clock, self.asked = FakeOrders(), FakePool(), FakeClock(NOW), 0
        shown = {
            f"s{n}": schedule(f"s{n}", department_code=str(n), date=VISIT + n * 8 * DAY, closes_at=NOW + 90 * DAY, fee_fen=fee_fen)
            for n in range(SCHEDULES)
        }
        for schedule_id in shown:
            self.orders.add_numbers(schedule_id, 3)
        for user_id in ("u1", "u2"):
            self.orders.users[user_id] = user(user_id)
        # The caps of bookings have tests of their own.
        policy = BookingPolicy(per_day=99, per_week=99, per_quarter=99)
        self.booking = Booking(
            self.orders, self.pool, self.orders.read_booker, lambda _: shown, self.orders.numbers_of, self.clock, policy, HOLD
        )
        self.provider = FakePaymentProvider(self.clock)
        payments = Payments(self.orders, self.provider, self.clock)
        self.holds, self.checkout = Holds(payments, FakeOutbox()), Checkout(payments, FakeQrCodes(), str)

    def register(self, patient_id: str, user_id: str = "u1", proven_by: str = "", person: str = "") -> str:
        someone = patient(patient_id, user_id)
        someone = replace(someone, certificate=replace(someone.certificate, fingerprint=person or patient_id))
        self.orders.add_patient(someone)
        if proven_by:
            self.orders.ledgers[someone.person] = self.orders.ledger(someone.person).prove(proven_by)
        return patient_id

    def book(self, patient_id: str, schedule_id: str = "s0", user_id: str = "u1") -> Order:
        self.asked += 1
        return self.booking.book(user_id, patient_id, schedule_id, f"key-{self.asked}")

    def let_go(self, patient_id: str, schedule_id: str = "s0", user_id: str = "u1") -> None:
        """Book and cancel before payment; the number is back in its pool."""
        order = self.booking.cancel(user_id, self.book(patient_id, schedule_id, user_id).order_id)
        if not self.pool.down:
            self.pool.put_back(schedule_id, order.visit.number)

    def let_expire(self, order: Order) -> None:
        self.clock.now = max(self.clock.now, order.hold_until)
        self.holds.end(order.order_id)

    def pay(self, order: Order) -> None:
        self.checkout.open(order.user_id, order.order_id)
        self.provider.pay(order.order_id)
        self.checkout.state(order.user_id, order.order_id)
        assert self.orders.orders[order.order_id].state is OrderState.PAID

    def refusal(
        self, patient_id: str, schedule_id: str = "s0", user_id: str = "u1"
    ) -> tuple[type[DomainError], str | None, datetime | None]:
        with pytest.raises(DomainError) as refused:
            self.book(patient_id, schedule_id, user_id)
        return refused.type, refused.value.rule, refused.value.retry_at


def persons(world: World, count: int) -> list[str]:
    """Register people whose certificates are proven, each by an account of their own."""
    return [world.register(f"p{n}", proven_by=f"of-p{n}") for n in range(count)]
