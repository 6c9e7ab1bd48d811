"""One seed's story: people, hospitals, provider, time and faults do what the seed says; then all is left to settle."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import accumulate

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.order_states import NumberState
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.errors import NumberSoldOut, Unavailable
from guahao.domain.time import shanghai_date
from tests.simulation.invariants import violations
from tests.simulation.machine import Machine
from tests.simulation.people import People
from tests.simulation.processes import processes
from tests.simulation.promises import at_end
from tests.simulation.world import BEGIN, World

STEPS = 400


class Story:
    """What happens in one world."""

    def __init__(self, world: World) -> None:
        self.world, self.machine = world, Machine(world)
        self.people, rng = People(self.machine), world.rng
        usual: dict[Callable[[], None], float] = {
            self.people.book: 8,
            self.people.open_payment: 8,
            self.people.pay: 6,
            self.people.ask: 1,
            self.people.cancel: 2,
            self.people.abuse: 0.5,
            self.people.attend: 2,
            self.people.suspend: 0.1,
            self.people.publish_total: 1,
            self.people.substitute: 1.5,
            self.people.suffer: 1,
            self.machine.deliver: 40,
            self.machine.go_on: 8,
            self._rush: 2,
            lambda: self.machine.wait(seconds=rng.randint(1, 20)): 3,
            lambda: self.machine.wait(minutes=rng.randint(1, 20)): 1.5,
            lambda: self.machine.wait(hours=rng.randint(1, 12)): 1.6,
        }
        self._acts = list(usual)
        self._weights = list(accumulate(weight * rng.choice([0.4, 1, 2]) for weight in usual.values()))

    def tell(self) -> None:
        """Let things happen, then faults end and all settle."""
        for _ in range(STEPS):
            self.world.rng.choices(self._acts, cum_weights=self._weights)[0]()
            if self.machine.findings:
                self.world.calm()
                return  # what is broken so may never settle
        self._settle()

    def wrong(self) -> list[str]:
        """Return all that is not as it must be; to find out what can still be sold, all of it is."""
        found = [*self.machine.findings, *at_end(self.world)]
        orders = self.world.orders.orders
        found += [
            f"{order_id} was refused and is there" for order_id, refused in self.people.refused.items() if refused and order_id in orders
        ]
        found += violations(self.world.books())
        return found + [
            fault for schedule in self.world.schedules for fault in self._selling_faults(self.world.schedule_of(schedule.schedule_id))
        ]

    def _rush(self) -> None:
        """Much happens in one moment, preferably to the same orders and in the same schedules."""
        people, machine, rng = self.people, self.machine, self.world.rng
        acts = [people.book, people.book, people.open_payment, people.pay, people.ask, people.cancel, people.attend, *[machine.deliver] * 5]
        duplicates, machine.duplicates = machine.duplicates, 0.5
        self.world.faults.rushing = True
        for _ in range(rng.randint(4, 12)):
            rng.choice(acts)()
        while self.world.processes.paused:
            machine.go_on()
        self.world.faults.rushing, machine.duplicates = False, duplicates

    def _settle(self) -> None:
        world, machine = self.world, self.machine
        nothing_lost = not world.queues.loss
        world.queues.loss = machine.duplicates = 0.0
        world.calm()
        for _ in range(4):
            world.provider.settle_refunds()
            machine.drain()
            machine.wait(minutes=20)
            world.queues.put("daily")
            world.queues.put("noShows")
        machine.wait(days=world.rng.choice([0, 1, 5]))
        machine.drain()
        for days in range((world.today - shanghai_date(BEGIN)).days + 1):
            self._require_balance(shanghai_date(BEGIN) + timedelta(days=days))
        self._require_counted()
        self._require_right_counts(nothing_lost)

    def _require_balance(self, day: date) -> None:
        """The day's bill and the orders say the same to the fen, and nothing is left to repair."""
        figures = self.world.bills.balance(day)
        same = figures["billPaidFen"] == figures["ordersPaidFen"] and figures["billRefundedFen"] == figures["ordersRefundedFen"]
        if not same or any(count for name, count in figures.items() if not name.endswith("Fen")):
            self.machine.findings.append(f"the bill of {day} does not balance: {figures}")

    def _require_counted(self) -> None:
        """Each order is counted as what it is without a recount, unless the word of a change was lost."""
        marks = self.world.statistics.marked_orders
        for order_id, order in self.world.orders.orders.items():
            mark = marks.get(order_id)
            if ("Count", order_id) not in self.world.queues.lost and (mark is None or mark.state is not order.state):
                self.machine.findings.append(f"{order_id} is {order.state} and counted as {mark and mark.state}")

    def _require_right_counts(self, nothing_lost: bool) -> None:
        """A recount finds an order that was not counted only if its message was lost, and none the second time; days add up always."""
        for may_mark in (not nothing_lost, False):
            found = self.world.recounting.run("")
            if found.corrections or (found.marked and not may_mark):
                self.machine.findings.append(f"a recount changes something: {found}")

    def _selling_faults(self, schedule: Schedule) -> Iterator[str]:
        """Each free number of a schedule to come can be sold to somebody, and no other."""
        if schedule.date <= self.world.today or schedule.state is not ScheduleState.OPEN:
            return
        free = sum(1 for number in self.world.orders.numbers_of(schedule.schedule_id) if number.state is NumberState.FREE)
        for sold in range(free + 1):
            one = self.world.newcomer()
            try:
                self.world.booking.book(one.user_id, one.patient_id, schedule.schedule_id, "the rest")
            except (NumberSoldOut, Unavailable):
                if sold < free:
                    yield f"{sold} of {free} free numbers of {schedule.schedule_id} can be sold"
                return
        yield f"more than the {free} free numbers of {schedule.schedule_id} were sold"


@contextmanager
def story(seed: int, kind: type[World] = World) -> Iterator[Story]:
    """Give the seed's story, untold, in a world of the kind."""
    with processes() as there, _silence():
        yield Story(kind(seed, there))


@contextmanager
def _silence() -> Iterator[None]:
    """Log nothing: repairs tell of every failure with its stack, which nobody reads here."""
    log = logging.getLogger("guahao")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
