"""A world for tests of suspended schedules: one that will not be held, who booked it, and all that follows from changes of orders."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from guahao.contracts.messages import NoticeKind, OrderNotice
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Order, place
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.errors import Unavailable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.usecases.booking.attendance import Attendance
from guahao.usecases.booking.bookable import PooledFreeNumbers, bookable_schedules
from guahao.usecases.booking.order_changed import OrderChanges
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from guahao.usecases.hospitals.suspensions import SuspendedSchedules
from guahao.usecases.notices.sms import Notices
from guahao.usecases.payment.payment import Checkout, Payments
from guahao.usecases.payment.settlements import Settlements
from tests.builders import AT_VISIT, NOW, VISIT, hospital, patient, user
from tests.fakes.accounts import FakeAccounts
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import FakeHospitalAccess
from tests.fakes.identity import FakeIdentities
from tests.fakes.notices import FakeSentNotices, FakeSms
from tests.fakes.outbox import FakeOutbox
from tests.fakes.partners import FakePartnerSystem
from tests.fakes.payment import FakePaymentProvider
from tests.fakes.suspensions import FakeOffers
from tests.fakes.vault import FakeVault
from tests.killing import Killer
from tests.unit.paying import FakeQrCodes
from tests.unit.test_order_states import HOLD

CODE = "10001"


def schedule(own_id: str, **changes: Any) -> Schedule:
    """Return an open schedule on the morning of VISIT."""
    given: dict[str, Any] = {
        "department_code": "0101",
        "date": VISIT,
        "half_day": HalfDay.MORNING,
        "title": "主任医师",
        "doctor_name": "林一",
        "skill": "",
    }
    given |= {"fee_fen": 5000, "total": 8, "state": ScheduleState.OPEN} | changes
    return Schedule(schedule_id_of(CODE, own_id), CODE, own_id, **given)


LOST = schedule("lost")
OTHER = schedule("other", date=VISIT + timedelta(days=1), half_day=HalfDay.AFTERNOON, doctor_name="林九")


class World:
    """The schedule LOST, a schedule to offer instead, and the people of every order: o1 of u1, whose phone ends with 01."""

    def __init__(self, lost: Schedule = LOST, *others: Schedule) -> None:
        self.lost, self.seen = lost, dict[str, Order]()
        clock, vault, accounts = FakeClock(NOW), FakeVault(), FakeAccounts({})
        self.catalog, self.orders, self.pool, self.offers = FakeCatalog(), FakeOrders(), FakePool(), FakeOffers()
        self.outbox, self.sms, self.hospital = FakeOutbox(), FakeSms(), FakePartnerSystem()
        self.provider, self.accounts, self.vault, self.clock = FakePaymentProvider(clock), accounts, vault, clock
        self.catalog.put_hospital(hospital(CODE))
        self.catalog.set_online(CODE, True)
        self.catalog.put_departments([Department(CODE, code, "心内科", "01", "内科") for code in ("0101", "0102")])
        for schedule in (lost, *(others or (OTHER,))):
            self.catalog.put_schedules([schedule])
            self.orders.add_numbers(schedule.schedule_id, schedule.total)
        payments = Payments(self.orders, self.provider, clock)
        self.payments, self.checkout = payments, Checkout(payments, FakeQrCodes(), str)
        self.settlements = Settlements(payments)
        settings = FakeHospitalAccess(HospitalAccess(CODE, "https://hospital.example", "key"))
        self.calls = PartnerCalls(self.orders, settings, self.hospital, vault, clock)
        identities = FakeIdentities(accounts)
        self.notices = Notices(self.orders, identities, accounts, FakeSentNotices(), self.offers, self.sms, vault, clock)
        self.changes = OrderChanges(self.outbox, self.pool, clock)

    def book(self, n: int) -> str:
        """Place an order for the number and return its id."""
        self.accounts.register(user(f"u{n}", sealed_phone=self.vault.seal(f"138000000{n:02}")))
        schedule = bookable_schedules(self.catalog, [self.lost.schedule_id])[self.lost.schedule_id]
        order = place(schedule, n, order_id=f"o{n}", patient=patient(f"p{n}", f"u{n}"), now=NOW, hold=HOLD)
        self.orders.place(order, self.orders.ledger(order.holder.person))
        return order.order_id

    def open_payment(self, n: int) -> str:
        order_id = self.book(n)
        self.checkout.open(f"u{n}", order_id)
        return order_id

    def pay(self, n: int) -> str:
        order_id = self.open_payment(n)
        self.provider.pay(order_id)
        self.payments.notified(*self.provider.notification(order_id))
        return order_id

    def book_in_every_state(self) -> None:
        """Make o1 waiting, o2 with an open payment, o3 and o4 paid, o5 checked in, o6 not come for, o7 cancelled by its user."""
        self.book(1)
        self.open_payment(2)
        for n in (3, 4, 5, 6, 7):
            self.pay(n)
        Attendance(self.orders, FakeClock(AT_VISIT)).check_in(CODE, "o5")
        self.orders.orders["o6"] = replace(self.orders.orders["o6"], state=OrderState.NO_SHOW)
        given_up = self.orders.orders["o7"]
        self.orders.move(given_up, given_up.cancel(Cause.CANCELLED_BY_USER, NOW), self.orders.ledger(given_up.holder.person))
        self.follow()
        self.sms.sent.clear()

    def suspend(self) -> None:
        """Have the catalogue say what the hospital said."""
        self.catalog.put_schedules([replace(self.lost, state=ScheduleState.SUSPENDED)])

    def suspended(self, killer: Killer | None = None) -> SuspendedSchedules:
        free_numbers = PooledFreeNumbers(self.pool, self.catalog, self.orders.numbers_of, self.clock)
        parts = (self.catalog, self.orders.numbers, self.pool, free_numbers, self.offers, self.orders)
        catalog, numbers, pool, free_numbers, offers, orders = map(killer.watch, parts) if killer else parts
        return SuspendedSchedules(catalog, numbers, pool, free_numbers, offers, orders, self.clock)

    def clear(self) -> None:
        self.suspended().cancel_orders(self.lost.schedule_id)

    def follow(self) -> None:
        """Do what follows from all changes since the last time, each message twice."""
        for order_id, order in self.orders.orders.items():
            before, self.seen[order_id] = self.seen.get(order_id), order
            if before is not order:
                self.changes.follow(before, order)
                self.changes.follow(before, order)
        while self.outbox.sent:
            what, about, kind = self.outbox.sent.pop(0)
            match what:
                case "PartnerCall":
                    self.calls.notify_hospital(about)
                case "Settlement":
                    self.settlements.settle(about)
                case "OrderNotice":
                    # A repeat comes while the first may still fail, and is told to come again.
                    with suppress(Unavailable):
                        self.notices.send(OrderNotice(order_id=about, kind=NoticeKind(str(kind))))

    def states(self) -> set[NumberState]:
        return {number.state for number in self.orders.numbers_of(self.lost.schedule_id)}

    def outcome(self) -> object:
        """All that patients, the hospital and the provider could ever see."""
        orders = {
            order_id: (order.state, order.payment.state, [(step.state, step.cause) for step in order.timeline])
            for order_id, order in self.orders.orders.items()
        }
        known = {order_id: order.knows for order_id, order in self.hospital.orders.items()}
        refunds = {order_id: self.provider.refunded_fen(order_id) for order_id in orders}
        ledgers = {person: ledger.bookings for person, ledger in self.orders.ledgers.items()}
        numbers = self.orders.numbers_of(self.lost.schedule_id)
        return orders, known, refunds, ledgers, numbers, self.offers.offers, sorted(self.sms.sent)
