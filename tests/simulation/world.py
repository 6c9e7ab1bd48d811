"""The platform as it is, over stores in memory and between faults: the use cases of the product, each joined as bootstrap joins it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from guahao.contracts.messages import NoticeKind
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.confirmation import ConfirmationPolicy
from guahao.domain.booking.ledger import BookingPolicy, Rung
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.substitutions import as_told
from guahao.domain.catalog.catalog import Department
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.notices.reminding import reminded_on
from guahao.domain.notices.wording import Template
from guahao.domain.payment.payment import TradeState
from guahao.domain.people.patients import Patient
from guahao.domain.time import shanghai_date
from guahao.usecases.booking.attendance import Attendance
from guahao.usecases.booking.bookable import PooledFreeNumbers, bookable_schedules
from guahao.usecases.booking.booking import Booking
from guahao.usecases.booking.no_shows import MissedVisits, NoShows
from guahao.usecases.booking.number_pool_checks import PoolChecks
from guahao.usecases.booking.order_changed import OrderChanges
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from guahao.usecases.hospitals.partner_schedules import PartnerSchedules
from guahao.usecases.hospitals.publication_order import PublicationOrder
from guahao.usecases.hospitals.substitutions import SubstitutedSchedules
from guahao.usecases.hospitals.suspensions import SuspendedSchedules
from guahao.usecases.notices.reminders import Reminders
from guahao.usecases.notices.sms import Notices
from guahao.usecases.payment.holds import Holds
from guahao.usecases.payment.payment import Checkout, Payments
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.reconciliation.out_of_step import OutOfStep
from guahao.usecases.reconciliation.reconcile_bill import Bills, DailyReconciliation
from guahao.usecases.reconciliation.reconcile_orders import Reconciliation
from guahao.usecases.reconciliation.unconfirmed import UnconfirmedOrders
from guahao.usecases.reconciliation.withdrawals import Withdrawals
from guahao.usecases.statistics.recounting import Recounting
from guahao.usecases.statistics.statistics import Counting
from tests.builders import hospital, patient, user
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.hospital_settings import FakeHospitalAccess, FakeHospitalSettings
from tests.fakes.identity import FakeIdentities
from tests.fakes.notices import FakeSentNotices, FakeSms
from tests.fakes.partners import FakePublicationLock, FakePublications
from tests.fakes.statistics import FakeStatistics
from tests.fakes.suspensions import FakeOffers
from tests.fakes.vault import FakeVault
from tests.simulation.faults import Faults, Rates
from tests.simulation.invariants import PAID_FOR, Books, HospitalBook, TradeBook
from tests.simulation.parties import ChoosyHospital, ExpiringPool, LaggingIndex, SlowProvider
from tests.simulation.processes import Processes
from tests.simulation.queues import ManyAtOnce, Queues, StreamedOrders
from tests.simulation.substitutions import is_as_told
from tests.unit.paying import FakeQrCodes

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
HOSPITALS = ("10001", "10002")
DEPARTMENTS = ("0101", "0102")
REPAIRED = frozenset({"HoldEnd", "PartnerCall", "Settlement", "NoShowCheck", "Count", "Suspension"})
"""What reconciliation, the next night or a recount makes up for, if its message is lost."""
_MAY_SUBSTITUTE = (OrderState.AWAITING_PAYMENT, OrderState.PAID, OrderState.CHECKED_IN)
TRUE_OF = {"substituted": _MAY_SUBSTITUTE, "paid": PAID_FOR, "cancelled": (OrderState.CANCELLED,), "reminder": (OrderState.PAID,)}


@dataclass
class Told:
    """SMS by what they are about; those that a death may have lost; and those that were not true when they were sent."""

    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: Counter[tuple[str, str]] = field(default_factory=Counter)
    untrue: list[tuple[str, str]] = field(default_factory=list)


class World:
    """Stores, parties outside and use cases. Worlds that are broken on purpose have parts of other types, or join them in another way."""

    orders_type: type[StreamedOrders] = StreamedOrders
    statistics_type: type[FakeStatistics] = FakeStatistics
    claims_type: type[FakeSentNotices] = FakeSentNotices

    def __init__(self, seed: int, processes: Processes) -> None:
        self.rng = rng = Random(seed)
        self.processes, self.clock, self.vault = processes, FakeClock(BEGIN), FakeVault()
        self.rates = Rates.drawn(rng)
        self.faults = Faults(rng, processes, self.rates)
        self.catalog, self.offers = FakeCatalog(), FakeOffers()
        self.orders, self.codes = self.orders_type(), FakeQrCodes()
        self.pool = ExpiringPool(lambda schedule_id: bookable_schedules(self.catalog, [schedule_id]).get(schedule_id))
        self.hospital, self.provider = ChoosyHospital(rng, rng.choice([0, 0, 0.1])), SlowProvider(self.clock)
        strict = BookingPolicy(no_shows=(Rung(count=1, days=30, banned_days=2),))
        wide, narrow = replace(strict, per_day=4, per_week=8, per_quarter=9), replace(strict, per_day=1, per_quarter=2)
        self.policy = rng.choice([BookingPolicy(), strict, wide, narrow])
        self.provider.refunds_take_time = rng.random() < 0.5
        self.sms, self.claims, self.told = FakeSms(), self.claims_type(), Told()
        self.statistics = self.statistics_type()
        self.accounts, self.people, self.schedules = FakeAccounts({}), list[Patient](), list[Schedule]()
        # As hospitals will have them since they first published the schedules.
        self.totals, self.doctors = dict[str, int](), dict[str, dict[str, Any]]()
        self.queues = Queues(self.clock, rng, REPAIRED, rng.choice([0, 0.1, 0.5]))
        for n in range(rng.randint(3, 7)):
            self._register(n, rng.sample(range(rng.randint(3, 9)), rng.randint(1, 3)))
        self._publish()
        self.join()

    def _register(self, n: int, persons: Sequence[int]) -> None:
        """Make an account with these persons as patients, who may be in others too."""
        someone = user(f"u{n}", sealed_phone=self.vault.seal(f"138000000{n:02}"))
        self.accounts.register(someone)
        self.orders.users[someone.user_id] = someone
        for person in persons:
            one = patient(f"p{n}-{person}", someone.user_id)
            one = replace(one, certificate=replace(one.certificate, fingerprint=f"person{person}"))
            self.orders.add_patient(one)
            if person % 3 == 0:
                self.orders.ledgers[one.person] = self.orders.ledger(one.person).prove(someone.user_id)
            self.people.append(one)

    def _publish(self) -> None:
        """Publish a few schedules on the coming days, scarce enough that people meet."""
        for code in HOSPITALS:
            self.catalog.put_hospital(hospital(code))
            self.catalog.set_online(code, True)
            self.catalog.put_departments([Department(code, department, "心内科", "01", "内科") for department in DEPARTMENTS])
        for n in range(self.rng.randint(3, 8)):
            code, own_id = self.rng.choice(HOSPITALS), f"s{n}"
            schedule = Schedule(
                schedule_id=schedule_id_of(code, own_id),
                hospital_code=code,
                hospital_schedule_id=own_id,
                department_code=self.rng.choice(DEPARTMENTS),
                date=shanghai_date(BEGIN) + timedelta(days=self.rng.choice([0, 0, 1, 1, 2, 3, 4])),
                half_day=self.rng.choice(list(HalfDay)),
                title="主任医师",
                doctor_name="林一",
                skill="",
                fee_fen=self.rng.choice([5000, 5000, 1000, 0]),
                total=self.rng.randint(1, 5),
                state=ScheduleState.OPEN,
            )
            self.catalog.put_schedules([schedule])
            self.orders.add_numbers(schedule.schedule_id, schedule.total)
            self.schedules.append(schedule)

    def join(self) -> None:
        """Join the use cases with their ports, each with faults in its calls."""
        watch, clock, rng = self.faults.watch, self.clock, self.rng
        orders, pool, catalog = watch("orders", self.orders), watch("pool", self.pool), watch("catalog", self.catalog)
        outbox, offers, numbers = watch("outbox", self.queues), watch("offers", self.offers), watch("numbers", self.orders.numbers)
        settings = FakeHospitalAccess(*(HospitalAccess(code, "https://hospital.example", "key") for code in HOSPITALS))
        index = watch("index", LaggingIndex(self.orders, clock, lambda: self.faults.calm))
        self.booking = Booking(
            orders=orders,
            pool=pool,
            read_booker=watch("bookers", self.orders.read_booker),
            read_schedules=watch("schedules", lambda ids: bookable_schedules(self.catalog, ids)),
            read_numbers=watch("numbers", self.orders.numbers_of),
            clock=clock,
            policy=self.policy,
            hold=timedelta(minutes=rng.choice([5, 15, 40])),
            choose=rng.choice,
        )
        self.payments = Payments(orders, watch("provider", self.provider), clock)
        self.holds = Holds(self.payments, outbox)
        self.settlements = Settlements(self.payments)
        self.checkout = Checkout(self.payments, self.codes, str)
        self.calls = PartnerCalls(orders, watch("settings", settings), watch("hospital", self.hospital), watch("vault", self.vault), clock)
        self.changes = OrderChanges(outbox, pool, clock)
        self.attendance = Attendance(orders, clock)
        statistics = watch("statistics", self.statistics)
        self.counting = Counting(orders, statistics)
        self.recounting = Recounting(index, statistics, self.counting)
        accounts, identities = watch("accounts", self.accounts), FakeIdentities(self.accounts)
        claims, sms = watch("claims", self.claims), watch("sms", _Phone(self))
        self.notices = Notices(orders, identities, accounts, claims, offers, sms, watch("vault", self.vault), clock)
        self.reminders = Reminders(index, watch("outbox", ManyAtOnce(self.queues, self.faults.strikes)), clock)
        lock, order = FakePublicationLock(), PublicationOrder(FakePublications(), clock)
        self.service = PartnerSchedules(catalog, numbers, pool, outbox, lock, order, clock)
        free_numbers = PooledFreeNumbers(pool, catalog, watch("numbers", self.orders.numbers_of), clock)
        self.suspended = SuspendedSchedules(catalog, numbers, pool, free_numbers, offers, orders, clock)
        self.substituted = SubstitutedSchedules(catalog, watch("numbers", self.orders.numbers_of), orders, clock, timedelta(minutes=10))
        self.missed = MissedVisits(index, watch("outbox", ManyAtOnce(self.queues, self.faults.strikes)), clock)
        self.no_shows = NoShows(orders, index, watch("numbers", self.orders.numbers_of), self.policy, clock)
        settings = FakeHospitalSettings(FakeAuditLog())
        withdrawals = Withdrawals(self.suspended, watch("numbers", self.orders.numbers_of), settings, catalog, pool, clock)
        self.bills = Bills(index, self.payments, self.settlements)
        self.daily = DailyReconciliation(withdrawals, self.bills, clock)
        pools = PoolChecks(pool, watch("numbers", self.orders.numbers_of), clock)
        steps = OutOfStep(catalog, numbers, pool, lock, clock)
        unconfirmed = UnconfirmedOrders(orders, catalog, ConfirmationPolicy(), clock)
        self.reconciliation = Reconciliation(
            index, self.payments, self.settlements, self.calls, unconfirmed, pools, steps, clock, rng.random
        )

    def calm(self) -> None:
        """Let everybody answer at once and nobody die."""
        self.faults.calm = True
        self.provider.down = self.pool.down = self.hospital.down = self.sms.broken = False

    @property
    def today(self) -> date:
        return shanghai_date(self.clock())

    def living(self, *states: OrderState) -> list[Order]:
        """Return the orders in the states, oldest first."""
        return [order for order in self.orders.orders.values() if order.state in states]

    def schedule_of(self, schedule_id: str) -> Schedule:
        found = self.catalog.schedule(schedule_id)
        assert found
        return found

    def left_of(self, schedule: Schedule) -> int:
        """Return how many numbers of the schedule its total leaves beside those held, sold and refused."""
        return max(0, schedule.total - len(self.orders.numbers.gone(schedule.schedule_id)))

    def newcomer(self) -> Patient:
        """Return a patient in an account of their own whom nobody has seen before."""
        n = 50 + len(self.people)
        self._register(n, [n])
        return self.people[-1]

    def books(self) -> Books:
        """Return what each party has written down."""
        schedules = [self.schedule_of(schedule.schedule_id) for schedule in self.schedules]
        return Books(
            orders=list(self.orders.orders.values()),
            numbers={s.schedule_id: self.orders.numbers_of(s.schedule_id) for s in schedules},
            totals={s.schedule_id: s.total for s in schedules if s.schedule_id not in self.totals},
            left={s.schedule_id: self.left_of(s) for s in schedules if s.schedule_id in self.totals and s.date >= self.today},
            ledgers=self.orders.ledgers,
            trades=self._trades(),
            hospital={i: HospitalBook(book.registration.number, book.knows) for i, book in self.hospital.orders.items()},
            notices=self.told.sent,
            lost_notices=self.told.lost,
            today=self.today,
            policy=self.policy,
            suspended=frozenset(s.schedule_id for s in schedules if s.state is ScheduleState.SUSPENDED),
            offered={s: len(pool.free | pool.overdue) for s in self.pool.built() for pool in [self.pool.content(s, self.clock())]},
            counted={place: counts.by_state for place, counts in self.statistics.counts.items()},
        )

    def _trades(self) -> dict[str, TradeBook]:
        trades = {}
        for order_id in self.orders.orders:
            trade = self.provider.query(order_id)
            if trade.state is not TradeState.UNKNOWN:
                refunded = self.provider.refunded_fen(order_id)
                trades[order_id] = TradeBook(trade.amount_fen or 0, refunded, self.provider.can_be_paid(order_id))
        return trades


class _Phone:
    """The operator, and a note of what each SMS was about, and whether that was so at any moment since its sender began, who looks once."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, phone: str, text: Any) -> None:
        world, process = self._world, self._world.processes.current
        assert process
        world.sms.send(phone, text)
        order_id, kind, *_ = process.about
        is_waiting = text.template in (Template.WAITING, Template.WAITING_PAID)
        world.told.sent[order_id, "waiting" if is_waiting else kind] += 1
        written = [(position >= process.writes_before, order) for position, order in enumerate(world.orders.written)]
        mine = [(since, order) for since, order in written if order.order_id == order_id]
        seen = [order for since, order in mine if not since][-1:] + [order for since, order in mine if since]
        on_its_day = kind != NoticeKind.REMINDER or reminded_on(seen[0].visit) == shanghai_date(process.started_at)
        expected = kind != NoticeKind.REMINDER or any(order.record for order in seen)
        true = [order for order in seen if order.state in TRUE_OF[kind] and order.is_unconfirmed >= is_waiting]
        if kind != NoticeKind.SUBSTITUTED:  # which alone tells of a substitute first
            true = [as_told(order, moment) for order in true for moment in (process.started_at, world.clock())]
        true = [order for order in true if is_as_told(order, text)]
        if not on_its_day or not expected or not true:
            world.told.untrue.append((order_id, kind))
