"""What a hospital publishes of its sessions, always under its own code.

A publication that is killed anywhere is brought to its end by the same one again, or undone by another: numbers are brought into line
before the session says so, and a session whose numbers are being worked on is marked as unsettled first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from guahao.contracts.gateway import BrokenEntry, ScheduleEntry
from guahao.domain.catalog import Schedule, schedule_id_of
from guahao.domain.errors import Conflict, NotFound, SessionPast
from guahao.domain.publishing import Published, broken_promises, faults, is_booked, published, sellable
from guahao.domain.sessions import HalfDay, ScheduleState
from guahao.domain.time import shanghai_date
from guahao.ports.booking import NumberPool
from guahao.ports.catalog import Catalog, Page
from guahao.ports.clock import Clock
from guahao.ports.gateway import NumberItems, Turns
from guahao.ports.outbox import Suspensions
from guahao.usecases.pools import forget
from guahao.usecases.publishing import Outcome, readable

Item = TypeVar("Item")
Result = TypeVar("Result")

# Sessions whose numbers are worked on before the catalogue tells of them, and how many of them at once.
_IN_ONE_GO, _AT_ONCE = 50, 8
# A message goes ahead of a suspension too, for the case that nobody is left to send the one behind it; by then the catalogue has it.
_AFTER_A_KILL_SECONDS = 60


@dataclass(frozen=True)
class Change:
    """A session as it is and as it shall be."""

    before: Schedule | None
    after: Schedule

    @property
    def outcome(self) -> Outcome:
        return Outcome(self.after.hospital_schedule_id, published(self.before, self.after))

    @property
    def is_needed(self) -> bool:
        return self.before != self.after

    @property
    def touches_numbers(self) -> bool:
        return self.before is None or not self.before.settled or sellable(self.before) != sellable(self.after)


@dataclass(frozen=True)
class SessionPublishing:
    """Hospitals' sessions and the numbers behind them; what one hospital sends is worked on one after another."""

    catalog: Catalog
    numbers: NumberItems
    pool: NumberPool
    suspensions: Suspensions
    turns: Turns
    clock: Clock

    def schedules(self, hospital_code: str, day: date | None, limit: int, cursor: str | None) -> Page[Schedule]:
        """Return a page of the hospital's sessions, of one day or of all."""
        return self.catalog.schedule_page(hospital_code, day, limit, cursor)

    def publish_schedules(self, hospital_code: str, entries: Sequence[ScheduleEntry | BrokenEntry]) -> list[Outcome]:
        """Publish some sessions and say what became of each, in order; the hospital's others stay."""
        with self.turns.of(hospital_code):
            steps = _in_parallel(self._unless_promised, self._judged(hospital_code, list(readable(entries))))
            changes = [step for step in steps if isinstance(step, Change)]
            needed = [change for change in changes if change.is_needed]
            for change in needed:
                if change.after.state is ScheduleState.SUSPENDED:
                    self.suspensions.suspend(change.after.schedule_id, _AFTER_A_KILL_SECONDS)
            self._carry_out(needed)
            for change in changes:
                if change.after.state is ScheduleState.SUSPENDED:
                    self.suspensions.suspend(change.after.schedule_id)
            forget(self.pool, [change.after.schedule_id for change in changes])
        return [step.outcome if isinstance(step, Change) else step for step in steps]

    def suspend(self, hospital_code: str, hospital_schedule_id: str) -> None:
        """Suspend the session for good; what is booked in it is cancelled soon after. Doing it again makes sure of that."""
        with self.turns.of(hospital_code):
            schedule = self.catalog.schedule(schedule_id_of(hospital_code, hospital_schedule_id))
            if schedule is None:
                raise _no_such_session()
            if schedule.date < self._today():
                raise SessionPast("This session was held: its orders stay as they are.")
            if schedule.state is not ScheduleState.SUSPENDED:
                self.suspensions.suspend(schedule.schedule_id, _AFTER_A_KILL_SECONDS)
                self.catalog.put_schedules([replace(schedule, state=ScheduleState.SUSPENDED)])
            forget(self.pool, [schedule.schedule_id])
            self.suspensions.suspend(schedule.schedule_id)

    def remove_schedule(self, hospital_code: str, hospital_schedule_id: str) -> None:
        """Remove a session in which nobody has a number, or raise Conflict; whoever books meanwhile is either seen or refused."""
        with self.turns.of(hospital_code):
            schedule = self.catalog.schedule(schedule_id_of(hospital_code, hospital_schedule_id))
            removed = schedule is not None and self._removed(schedule)
            # Also where there was nothing to remove any more: who did it may have been killed before this.
            forget(self.pool, [schedule_id_of(hospital_code, hospital_schedule_id)])
        if schedule is None:
            raise _no_such_session()
        if not removed:
            detail = "Patients have numbers of this session. Suspend it, so that they are refunded and told, or close it to new bookings."
            raise Conflict(detail, rule="sessionNotBooked")

    def _removed(self, schedule: Schedule) -> bool:
        """Withdraw all numbers, then remove the session, or put it on sale again if somebody has one."""
        self.catalog.put_schedules([replace(schedule, settled=False)])
        self.numbers.fit(schedule.schedule_id, 0)
        if is_booked(self.numbers.of(schedule.schedule_id)):
            self.numbers.fit(schedule.schedule_id, sellable(schedule))
            self.catalog.put_schedules([replace(schedule, settled=True)])
            return False
        self.catalog.remove_schedule(schedule.schedule_id)
        return True

    def _judged(self, hospital_code: str, entries: Sequence[ScheduleEntry | Outcome]) -> Iterator[Change | Outcome]:
        department_codes = {department.department_code for department in self.catalog.departments(hospital_code)}
        given = [entry if isinstance(entry, Outcome) else _schedule(hospital_code, entry) for entry in entries]
        wanted = [schedule.schedule_id for schedule in given if isinstance(schedule, Schedule)]
        there = {schedule.schedule_id: schedule for schedule in self.catalog.schedules_by_id(wanted)}
        for schedule in given:
            if isinstance(schedule, Outcome):
                yield schedule
                continue
            before = there.get(schedule.schedule_id)
            found = faults(before, schedule, department_codes, self._today())
            yield Outcome(schedule.hospital_schedule_id, Published.REJECTED, found) if found else Change(before, schedule)

    def _unless_promised(self, step: Change | Outcome) -> Change | Outcome:
        """Reject a change of what patients with a number were promised.

        Who books at this very moment may still get the old promise: the hospital, to whom the order tells all of it, refuses that one.
        """
        broken = broken_promises(step.before, step.after) if isinstance(step, Change) else []
        if isinstance(step, Change) and broken and is_booked(self.numbers.of(step.after.schedule_id)):
            return Outcome(step.after.hospital_schedule_id, Published.REJECTED, broken)
        return step

    def _carry_out(self, changes: Sequence[Change]) -> None:
        for first in range(0, len(changes), _IN_ONE_GO):
            some = changes[first : first + _IN_ONE_GO]
            touching = [change for change in some if change.touches_numbers]
            self.catalog.put_schedules([replace(change.before, settled=False) for change in touching if change.before])
            _in_parallel(lambda change: self.numbers.fit(change.after.schedule_id, sellable(change.after)), touching)
            self.catalog.put_schedules([change.after for change in some])

    def _today(self) -> date:
        return shanghai_date(self.clock())


def _in_parallel(work: Callable[[Item], Result], items: Iterator[Item] | Sequence[Item]) -> list[Result]:
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        return list(workers.map(work, items))


def _schedule(hospital_code: str, entry: ScheduleEntry) -> Schedule:
    told = entry.model_dump(exclude={"half_day", "state"})
    return Schedule(
        schedule_id=schedule_id_of(hospital_code, entry.hospital_schedule_id),
        hospital_code=hospital_code,
        half_day=HalfDay(entry.half_day),
        state=ScheduleState(entry.state),
        **told,
    )


def _no_such_session() -> NotFound:
    return NotFound("Your hospital has no such session.")
