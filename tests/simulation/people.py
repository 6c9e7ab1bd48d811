"""What patients and hospitals do, and what happens to them."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order, order_id_of
from guahao.domain.errors import DomainError, Unavailable
from guahao.domain.people.patients import Patient
from tests.simulation.machine import Machine
from tests.simulation.processes import Process
from tests.simulation.substitutions import DOCTORS, FEES
from tests.simulation.world import HOSPITALS


class People:
    """Everybody. `refused` tells of each order id whether all that asked for it were refused for good."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.world, self.rng = machine, machine.world, machine.world.rng
        self.refused: dict[str, bool] = {}
        self._shown_codes: list[str] = []
        self._requests: dict[tuple[str, str], tuple[str, str]] = {}
        self._past: Any = None
        pool, provider, hospital, sms = self.world.pool, self.world.provider, self.world.hospital, self.world.sms
        self._troubles: list[Callable[[], object]] = [
            self._lose_redis,
            self._bring_redis_back_from_the_past,
            lambda: _toggle(pool, "down"),
            lambda: _toggle(provider, "down"),
            lambda: _toggle(hospital, "down"),
            lambda: _toggle(sms, "broken"),
            provider.fail_refunds,
            provider.settle_refunds,
            lambda: self.world.queues.put("recount"),
        ]

    def book(self) -> None:
        """Somebody asks for a number, or for the same once more, or for another under a key that was used."""
        busy = self.machine.in_the_way()
        same = [one for one in self.world.people if one.person in busy]
        self._book(self.rng.choice(same if same and self.rng.random() < 0.5 else self.world.people))

    def abuse(self) -> None:
        """Somebody gives up all that the account holds unpaid, and asks for numbers for everybody in it, for some twice."""
        user_id = self.rng.choice(self.world.people).user_id
        for order in self.world.living(OrderState.AWAITING_PAYMENT):
            if order.user_id == user_id:
                self._cancel(order)
        own = [one for one in self.world.people if one.user_id == user_id]
        for one in [*own, *own][: self.rng.randint(2, 6)]:
            self._book(one)

    def _book(self, one: Patient) -> None:
        busy = self.machine.in_the_way()
        to_come = [s for s in self.world.schedules if s.date >= self.world.today and self.rng.random() < 0.95]
        schedule = self.rng.choice([s for s in self.world.schedules if s.schedule_id in busy] or to_come or self.world.schedules)
        patient_id, schedule_id, key = one.patient_id, schedule.schedule_id, f"k{len(self._requests)}"
        used = [request for request in self._requests if request[0] == one.user_id]
        if used and self.rng.random() < 0.2:
            _, key = self.rng.choice(used)
            if self.rng.random() < 0.8:
                patient_id, schedule_id = self._requests[one.user_id, key]
        self._requests.setdefault((one.user_id, key), (patient_id, schedule_id))
        order_id = order_id_of(one.user_id, key)

        def answered(process: Process) -> None:
            self.machine.require_refusal(process)
            if isinstance(process.answer, Order):
                self._require_answer(process.answer, (order_id, schedule_id, patient_id))
            for_good = isinstance(process.error, DomainError) and not isinstance(process.error, Unavailable)
            self.refused[order_id] = self.refused.get(order_id, True) and for_good

        self.machine.start(
            "book",
            (order_id, schedule_id, one.person),
            lambda: self.world.booking.book(one.user_id, patient_id, schedule_id, key),
            answered,
        )

    def _require_answer(self, order: Order, asked: tuple[str, str, str]) -> None:
        """An answer is an order for what was asked, also under a key that was used."""
        if (order.order_id, order.visit.schedule_id, order.holder.patient_id) != asked:
            self.machine.findings.append(
                f"who asked for {asked} was given {order.order_id} for {order.holder.patient_id} in {order.visit.schedule_id}"
            )

    def open_payment(self) -> None:
        """Somebody asks for the code to scan."""
        order = self._some(OrderState.AWAITING_PAYMENT)
        if order is None or (order.hold_until <= self.world.clock() and self.rng.random() < 0.9):
            return

        def answered(process: Process) -> None:
            self.machine.require_refusal(process)
            # Whoever asks while another does sees no code yet.
            if not process.failed_or_killed and self.world.codes.recall(order.order_id):
                self._shown_codes.append(order.order_id)

        self.machine.start("open", (order.order_id, ""), lambda: self.world.checkout.open(order.user_id, order.order_id), answered)

    def pay(self) -> None:
        """A phone pays for a code that was shown once, however late; the provider tells of it several times, later or never."""
        if not self._shown_codes:
            return
        order_id = self.rng.choice(self._shown_codes)
        try:
            self.world.provider.pay(order_id)
        except ValueError:
            return
        self.machine.steps.append(("somebody pays for", order_id))
        for _ in range(self.rng.choice([0, 1, 1, 2, 4])):
            delay = timedelta(seconds=self.rng.choice([0, 1, 60, 900, 3600, 40_000]))
            self.machine.notifications.append((self.world.clock() + delay, order_id))

    def ask(self) -> None:
        if order := self._some(*OrderState):
            self.machine.start("ask", (order.order_id, ""), lambda: self.world.checkout.state(order.user_id, order.order_id))

    def cancel(self) -> None:
        if order := self._some(*OrderState):
            self._cancel(order)

    def _cancel(self, order: Order) -> None:
        self.machine.start("cancel", (order.order_id, ""), lambda: self.world.booking.cancel(order.user_id, order.order_id))

    def attend(self) -> None:
        """A hospital tells of a patient whom it expected, on the day or late; too early, or of another one, it is wrong."""
        there = self.world.living(OrderState.PAID, OrderState.NO_SHOW, OrderState.CHECKED_IN)
        is_early = self.rng.random() < 0.1
        told = [order for order in there if order.order_id in self.world.hospital.orders]
        came = [order for order in told if order.visit.date <= self.world.today or is_early]
        if came:
            order = self.rng.choice(came)
            code = self.rng.choice(HOSPITALS) if self.rng.random() < 0.2 else order.visit.hospital_code

            def answered(process: Process) -> None:
                self.machine.require_refusal(process)
                if not process.failed_or_killed and order.visit.date > self.world.today:
                    self.machine.findings.append(f"the patient of {order.order_id} came before {order.visit.date}")
                if code != order.visit.hospital_code and not process.failed_or_killed:
                    self.machine.findings.append(f"another hospital, {code}, told that the patient of {order.order_id} came")

            self.machine.start("attend", (order.order_id, code), lambda: self.world.attendance.check_in(code, order.order_id), answered)

    def suspend(self) -> None:
        """A hospital suspends a schedule, and tells so until it is heard."""
        schedule = self.rng.choice(self.world.schedules)
        if schedule.date >= self.world.today:
            self.world.queues.put("hospitalSuspends", schedule.schedule_id)

    def publish_total(self) -> None:
        """A hospital publishes a schedule with more numbers or fewer, and sends it until it is taken."""
        schedule = self.rng.choice(self.world.schedules)
        if schedule.date >= self.world.today:
            self.world.totals[schedule.schedule_id] = self.rng.randint(1, 6)
            self.world.queues.put("hospitalPublishes", schedule.schedule_id)

    def substitute(self) -> None:
        """A hospital publishes a schedule with another doctor, soon after perhaps with the former one again."""
        booked = self._some(OrderState.AWAITING_PAYMENT, OrderState.PAID)
        schedule = self.world.schedule_of(booked.visit.schedule_id) if booked else self.rng.choice(self.world.schedules)
        if schedule.date >= self.world.today:
            doctors = self.world.doctors
            now = doctors.get(schedule.schedule_id, {}).get("doctor_name", schedule.doctor_name)
            name = self.rng.choice([doctor for doctor in DOCTORS if doctor != now])
            fee_fen = schedule.fee_fen if name in (schedule.doctor_name, "") else self.rng.choice(FEES)
            doctors[schedule.schedule_id] = {"doctor_name": name, "fee_fen": fee_fen}
            self.world.queues.put("hospitalPublishes", schedule.schedule_id)

    def suffer(self) -> None:
        """Something outside of the platform ends or begins to work."""
        if self.world.rates.fail:
            trouble = self.rng.randrange(len(self._troubles))
            self.machine.steps.append(("trouble", trouble))
            self._troubles[trouble]()

    def _lose_redis(self) -> None:
        self.world.pool.empty()
        self.world.codes.codes.clear()
        self.world.codes.claimed.clear()

    def _bring_redis_back_from_the_past(self) -> None:
        """Save what the pools hold or, another time, restore it."""
        before, self._past = self._past, None if self._past else deepcopy(vars(self.world.pool))
        if before:
            vars(self.world.pool).update(before)

    def _some(self, *states: OrderState) -> Order | None:
        found = self.world.living(*states)
        if busy := self.machine.in_the_way():
            found = [order for order in found if order.order_id in busy] or found[-3:]
        return self.rng.choice(found) if found else None


def _toggle(part: object, switch: str) -> None:
    setattr(part, switch, not getattr(part, switch))
