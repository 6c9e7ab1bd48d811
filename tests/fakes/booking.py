"""The store of orders and the number pool in memory, with the promises of their ports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Number, Order
from guahao.domain.booking.unpaid import Tally
from guahao.domain.errors import PoolUnavailable
from guahao.domain.people.accounts import User
from guahao.domain.people.patients import Patient
from guahao.domain.versions import VersionConflict
from guahao.ports.booking.number_pool import Outcome, Take
from guahao.ports.booking.number_pool_checks import PoolContent
from guahao.ports.booking.orders import Booker, NumberTaken, OrderExists, OrderFilter
from guahao.ports.pages import Page
from tests.fakes.catalog import FakeNumbers
from tests.fakes.ledgers import written

IN_FLIGHT = timedelta(minutes=1)
FORMER_OWNERS = 6


class FakeOrders:
    """Orders, numbers, ledgers and tallies; `writes` counts the attempts."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self.numbers = FakeNumbers()
        self.ledgers: dict[str, Ledger] = {}
        self.tallies: dict[str, Tally] = {}
        self.users: dict[str, User] = {}
        self.patients: dict[tuple[str, str], Patient] = {}
        self.former: dict[tuple[str, int], list[str]] = {}
        self.writes = 0

    def add_numbers(self, schedule_id: str, total: int) -> None:
        self.numbers.fit(schedule_id, total)

    def add_patient(self, patient: Patient) -> None:
        self.patients[patient.user_id, patient.patient_id] = patient
        self._write_ledger(self.ledger(patient.person).register(patient))

    def get(self, order_id: str) -> Order | None:
        return self.orders.get(order_id)

    def read_booker(self, user_id: str, patient_id: str) -> Booker:
        return Booker(self.users.get(user_id), self.patients.get((user_id, patient_id)), self.tally(user_id))

    def ledger(self, person: str) -> Ledger:
        return self.ledgers.get(person, Ledger(person))

    def tally(self, user_id: str) -> Tally:
        return self.tallies.get(user_id, Tally())

    def former_owners(self, order: Order) -> list[str]:
        return self.former.get((order.visit.schedule_id, order.visit.number), [])

    def numbers_of(self, schedule_id: str) -> list[Number]:
        return self.numbers.of(schedule_id)

    def place(self, order: Order, ledger: Ledger, tally: Tally | None = None) -> None:
        self.writes += 1
        if order.order_id in self.orders:
            raise OrderExists
        self._require_unmoved(ledger)
        self._require_tally(order.user_id, tally)
        free = {n.number for n in self.numbers.of(order.visit.schedule_id) if n.state is NumberState.FREE}
        if order.visit.number not in free:
            raise NumberTaken
        self._write(None, order, ledger)
        self._write_tally(order.user_id, tally)

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        self.writes += 1
        if self.orders[before.order_id].version != before.version:
            raise VersionConflict
        if ledger is not None:
            self._require_unmoved(ledger)
        self._require_tally(after.user_id, tally)
        self._write(before, after, ledger)
        self._write_tally(after.user_id, tally)

    def of_user(self, user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[Order]:
        found = sorted((o for o in self.orders.values() if o.user_id == user_id), key=lambda o: o.created_at, reverse=True)
        start = next((i + 1 for i, o in enumerate(found) if o.order_id == cursor), 0)
        fitting = [o for o in found[start:] if wanted.fits(o)]
        return Page(fitting[:limit], fitting[limit - 1].order_id if len(fitting) > limit else None)

    def _require_unmoved(self, ledger: Ledger) -> None:
        if self.ledger(ledger.person).version != ledger.version:
            raise VersionConflict

    def _write(self, before: Order | None, order: Order, ledger: Ledger | None) -> None:
        self.orders[order.order_id] = order
        state = order.number_state
        # A number that the order has let go may be another's by now.
        if before is None or before.number_state is not state:
            owner = order.order_id
            if order.state is OrderState.CANCELLED:
                owner, former = "", [order.order_id, *self.former_owners(order)]
                self.former[order.visit.schedule_id, order.visit.number] = former[:FORMER_OWNERS]
            self.numbers.put(order.visit.schedule_id, Number(order.visit.number, state, owner))
        if ledger is not None:
            self._write_ledger(ledger)

    def _require_tally(self, user_id: str, tally: Tally | None) -> None:
        if tally is not None and self.tally(user_id).version != tally.version:
            raise VersionConflict

    def _write_tally(self, user_id: str, tally: Tally | None) -> None:
        if tally is not None:
            self.tallies[user_id] = replace(tally, version=tally.version + 1)

    def _write_ledger(self, ledger: Ledger) -> None:
        self.ledgers[ledger.person] = written(ledger)


class FakePool:
    """Pools of free numbers; `down` makes every call fail, `calls` counts the round trips."""

    def __init__(self) -> None:
        self.down = False
        self.calls = 0
        self.schedules: dict[str, BookableSchedule] = {}
        self.free: dict[str, set[int]] = {}
        self.in_flight: dict[tuple[str, int], datetime] = {}
        self.owners: dict[tuple[str, str], int] = {}
        self.withdrawn: dict[str, set[int]] = {}
        self._epochs: dict[str, int] = {}

    def take(self, schedule_id: str, order_id: str, now: datetime) -> Take:
        self._call()
        schedule = self.schedules.get(schedule_id)
        if schedule is None:
            return Take(Outcome.UNBUILT)
        if mine := self.owners.get((schedule_id, order_id)):
            return Take(Outcome.MINE, mine, schedule)
        if not schedule.sells or not schedule.opens_at <= now < schedule.closes_at:
            return Take(Outcome.SHUT, 0, schedule)
        late = {n for (owner, n), until in self.in_flight.items() if owner == schedule_id and until <= now}
        numbers = sorted(self.free[schedule_id]) or sorted(late)
        if not numbers:
            return Take(Outcome.SOLD_OUT, 0, schedule)
        self.free[schedule_id].discard(numbers[0])
        self.in_flight[schedule_id, numbers[0]] = now + IN_FLIGHT
        self.owners[schedule_id, order_id] = numbers[0]
        return Take(Outcome.TAKEN, numbers[0], schedule)

    def epochs(self, schedule_ids: Sequence[str]) -> list[int]:
        self._call()
        return [self._epochs.get(schedule_id, 0) for schedule_id in schedule_ids]

    def build(self, schedule: BookableSchedule, numbers: Sequence[Number], epoch: int) -> None:
        self._call()
        if schedule.schedule_id in self.schedules or epoch != self._epochs.get(schedule.schedule_id, 0):
            return
        self.schedules[schedule.schedule_id] = schedule
        self.free[schedule.schedule_id] = {n.number for n in numbers if n.state is NumberState.FREE}
        self.withdrawn[schedule.schedule_id] = {n.number for n in numbers if n.withdrawn}
        self.owners |= {(schedule.schedule_id, n.order_id): n.number for n in numbers if n.order_id}

    def confirm(self, schedule_id: str, number: int) -> None:
        self._call()
        self._drop(schedule_id, number)

    def give_back(self, schedule_id: str, number: int, order_id: str) -> None:
        self._call()
        self.owners.pop((schedule_id, order_id), None)
        if self.in_flight.pop((schedule_id, number), None):
            self.free[schedule_id].add(number)

    def discard(self, schedule_id: str, number: int, order_id: str) -> None:
        self._call()
        self.owners.pop((schedule_id, order_id), None)
        self._drop(schedule_id, number)

    def put_back(self, schedule_id: str, number: int) -> None:
        self._call()
        if schedule_id in self.schedules and number not in self.withdrawn[schedule_id]:
            self.in_flight.pop((schedule_id, number), None)
            self.free[schedule_id].add(number)

    def free_counts(self, schedule_ids: Sequence[str], now: datetime) -> list[int | None]:
        self._call()
        overdue = [owner for (owner, _), until in self.in_flight.items() if until <= now]
        return [len(self.free[s]) + overdue.count(s) if s in self.schedules else None for s in schedule_ids]

    def invalidate(self, schedule_ids: Sequence[str]) -> None:
        self._call()
        for schedule_id in schedule_ids:
            self._epochs[schedule_id] = self._epochs.get(schedule_id, 0) + 1
            self._forget(schedule_id)

    def built(self) -> Iterator[str]:
        self._call()
        yield from sorted(self.schedules)

    def content(self, schedule_id: str, now: datetime) -> PoolContent:
        self._call()
        taken = {n: until for (owner, n), until in self.in_flight.items() if owner == schedule_id}
        overdue = frozenset(n for n, until in taken.items() if until <= now)
        return PoolContent(frozenset(self.free.get(schedule_id, ())), frozenset(taken) - overdue, overdue)

    def offer(self, schedule_id: str, numbers: Collection[int]) -> list[int]:
        self._call()
        if schedule_id not in self.schedules:
            return []
        known = self.free[schedule_id] | {n for owner, n in self.in_flight if owner == schedule_id}
        offered = sorted(set(numbers) - known)
        self.free[schedule_id].update(offered)
        return offered

    def withdraw(self, schedule_id: str, numbers: Collection[int], now: datetime) -> list[int]:
        content = self.content(schedule_id, now)
        withdrawn = sorted(set(numbers) & (content.free | content.overdue))
        for number in withdrawn:
            self._drop(schedule_id, number)
        return withdrawn

    def empty(self) -> None:
        """Lose everything, as a restarted Redis does."""
        self.schedules.clear()
        self.free.clear()
        self.in_flight.clear()
        self.owners.clear()
        self._epochs.clear()

    def _call(self) -> None:
        self.calls += 1
        if self.down:
            raise PoolUnavailable("down")

    def _forget(self, schedule_id: str) -> None:
        self.schedules.pop(schedule_id, None)
        self.free.pop(schedule_id, None)
        self.in_flight = {key: until for key, until in self.in_flight.items() if key[0] != schedule_id}
        self.owners = {key: number for key, number in self.owners.items() if key[0] != schedule_id}

    def _drop(self, schedule_id: str, number: int) -> None:
        self.in_flight.pop((schedule_id, number), None)
        self.free.get(schedule_id, set()).discard(number)
