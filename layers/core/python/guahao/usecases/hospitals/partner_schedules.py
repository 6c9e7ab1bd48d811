"""A hospital's schedules, as its partner system publishes them, always under the hospital's own code.

A publication that is killed anywhere is brought to its end by the same one again, undone by another, or ended by reconciliation: a
schedule whose numbers are being worked on is marked as out of step first. A lower total is told when the numbers are in line with it, a
higher one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from guahao.contracts.messages import Substitution, Suspension
from guahao.contracts.partner import BrokenEntry, ScheduleEntry
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.catalog.schedules import Schedule, schedule_id_of
from guahao.domain.errors import Conflict, NotFound, SchedulePast
from guahao.domain.hospitals.publishing import Published, broken_promises, faults, is_booked, published, sellable, substitutes
from guahao.domain.time import shanghai_date
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import NumberItems, PublicationLock
from guahao.ports.outbox import Outbox
from guahao.ports.pages import Page
from guahao.usecases.booking.number_pool import invalidate
from guahao.usecases.hospitals.partner_batches import Outcome, readable
from guahao.usecases.hospitals.publication_order import Element, PublicationOrder

if TYPE_CHECKING:
    from guahao.contracts.queries import OwnSchedulesQuery

Item = TypeVar("Item")
Result = TypeVar("Result")

# How many schedules get their numbers before the catalogue is written, and how many of them at once.
_IN_ONE_GO, _AT_ONCE = 50, 8
# A message is sent before a suspension too, in case the process dies before the one after it; it arrives when the catalogue has it.
_AFTER_A_KILL_SECONDS = 60
# Likewise before a substitution, and so late that no pool and no booking under way has the former doctor any more.
_AFTER_ALL_BOOKINGS_SECONDS = 900


@dataclass(frozen=True)
class Change:
    """A schedule before and after its publication."""

    before: Schedule | None
    after: Schedule

    @property
    def outcome(self) -> Outcome:
        # Nobody outside knows of being in step.
        return Outcome(self.after.hospital_schedule_id, published(self.before and replace(self.before, in_step=True), self.after))

    @property
    def is_needed(self) -> bool:
        return self.before != self.after

    @property
    def touches_numbers(self) -> bool:
        return self.before is None or not self.before.in_step or sellable(self.before) != sellable(self.after)

    @property
    def under_way(self) -> Schedule | None:
        """What the catalogue has while the numbers are worked on: of both the one that has more, so that no more are free than it says."""
        larger = self.after if self.before and sellable(self.after) > sellable(self.before) else self.before
        return larger and replace(larger, in_step=False)


@dataclass(frozen=True)
class PartnerSchedules:
    """The schedules of hospitals and their numbers; one publication of a hospital is handled at a time."""

    catalog: Catalog
    numbers: NumberItems
    pool: NumberPool
    outbox: Outbox
    publication_lock: PublicationLock
    order: PublicationOrder
    clock: Clock

    def schedules(self, hospital_code: str, query: OwnSchedulesQuery) -> Page[Schedule]:
        """Return a page of the hospital's schedules, of one day or of all."""
        return self.catalog.schedule_page(hospital_code, query.date, query.limit, query.cursor)

    def publish_schedules(
        self, hospital_code: str, entries: Sequence[ScheduleEntry | BrokenEntry], signed_at: int | None = None
    ) -> list[Outcome]:
        """Publish some schedules and say what became of each, in order; the hospital's others stay."""
        with self.publication_lock.of(hospital_code):
            given = list(self.order.fresh(hospital_code, Element.SCHEDULE, list(readable(entries)), signed_at))
            steps = _in_parallel(self._unless_promised, self._judged(hospital_code, given))
            changes = [step for step in steps if isinstance(step, Change)]
            self.order.note(hospital_code, Element.SCHEDULE, [change.after.hospital_schedule_id for change in changes], signed_at)
            needed = [change for change in changes if change.is_needed]
            for change in needed:
                if change.after.state is ScheduleState.SUSPENDED:
                    self.outbox.send(Suspension(schedule_id=change.after.schedule_id), _AFTER_A_KILL_SECONDS)
                if substitutes(change.before, change.after):
                    self.outbox.send(Substitution(schedule_id=change.after.schedule_id), _AFTER_ALL_BOOKINGS_SECONDS)
            self._carry_out(needed)
            for change in changes:
                if change.after.state is ScheduleState.SUSPENDED:
                    self.outbox.send(Suspension(schedule_id=change.after.schedule_id))
            invalidate(self.pool, [change.after.schedule_id for change in changes])
            for change in needed:
                if substitutes(change.before, change.after):
                    self.outbox.send(Substitution(schedule_id=change.after.schedule_id))
        return [step.outcome if isinstance(step, Change) else step for step in steps]

    def suspend(self, hospital_code: str, hospital_schedule_id: str, signed_at: int | None = None) -> None:
        """Suspend the schedule for good; what is booked in it is cancelled soon after. Doing it again makes sure of that."""
        with self.publication_lock.of(hospital_code):
            # In whatever order it arrives: it is for good, and a doctor who does not come must not stay on sale.
            schedule = self.catalog.schedule(schedule_id_of(hospital_code, hospital_schedule_id))
            if schedule is None:
                raise _no_such_schedule()
            if schedule.date < shanghai_date(self.clock()):
                raise SchedulePast("This schedule was held: its orders stay as they are.")
            self.order.note(hospital_code, Element.SCHEDULE, [hospital_schedule_id], signed_at)
            if schedule.state is not ScheduleState.SUSPENDED:
                self.outbox.send(Suspension(schedule_id=schedule.schedule_id), _AFTER_A_KILL_SECONDS)
                self.catalog.put_schedules([replace(schedule, state=ScheduleState.SUSPENDED)])
            invalidate(self.pool, [schedule.schedule_id])
            self.outbox.send(Suspension(schedule_id=schedule.schedule_id))

    def remove_schedule(self, hospital_code: str, hospital_schedule_id: str, signed_at: int | None = None) -> None:
        """Remove a schedule in which nobody has a number, or raise Conflict; whoever books meanwhile is either seen or refused."""
        with self.publication_lock.of(hospital_code):
            self.order.require_fresh(hospital_code, Element.SCHEDULE, hospital_schedule_id, signed_at)
            schedule = self.catalog.schedule(schedule_id_of(hospital_code, hospital_schedule_id))
            removed = schedule is not None and self._removed(schedule)
            if removed or schedule is None:
                self.order.note(hospital_code, Element.SCHEDULE, [hospital_schedule_id], signed_at)
            # Also where there was nothing to remove any more: who did it may have been killed before this.
            invalidate(self.pool, [schedule_id_of(hospital_code, hospital_schedule_id)])
        if schedule is None:
            raise _no_such_schedule()
        if not removed:
            detail = "Patients have numbers of this schedule. Suspend it, so that they are refunded and told, or close it to new bookings."
            raise Conflict(detail, rule="scheduleNotBooked")

    def _removed(self, schedule: Schedule) -> bool:
        """Withdraw all numbers and remove the schedule; if somebody has a number, put the schedule on sale again and return False."""
        self.catalog.put_schedules([replace(schedule, in_step=False)])
        self.numbers.fit(schedule.schedule_id, 0)
        if is_booked(self.numbers.of(schedule.schedule_id)):
            in_step = self.numbers.fit(schedule.schedule_id, sellable(schedule))
            self.catalog.put_schedules([replace(schedule, in_step=in_step)])
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
            found = faults(before, schedule, department_codes, shanghai_date(self.clock()))
            yield Outcome(schedule.hospital_schedule_id, Published.REJECTED, found) if found else Change(before, schedule)

    def _unless_promised(self, step: Change | Outcome) -> Change | Outcome:
        """Reject a change of what the schedule promises, if patients have numbers.

        A booking at this very moment may still get the old promise: the registration carries it, so that the hospital can refuse the order.
        """
        broken = broken_promises(step.before, step.after) if isinstance(step, Change) else []
        if isinstance(step, Change) and broken and is_booked(self.numbers.of(step.after.schedule_id)):
            return Outcome(step.after.hospital_schedule_id, Published.REJECTED, broken)
        return step

    def _carry_out(self, changes: Sequence[Change]) -> None:
        for first in range(0, len(changes), _IN_ONE_GO):
            some = changes[first : first + _IN_ONE_GO]
            touching = [change for change in some if change.touches_numbers]
            self.catalog.put_schedules([change.under_way for change in touching if change.under_way])
            fitted = _in_parallel(lambda change: self.numbers.fit(change.after.schedule_id, sellable(change.after)), touching)
            in_step = {change.after.schedule_id: stays for change, stays in zip(touching, fitted, strict=True)}
            self.catalog.put_schedules([replace(change.after, in_step=in_step.get(change.after.schedule_id, True)) for change in some])


def _in_parallel(work: Callable[[Item], Result], items: Iterator[Item] | Sequence[Item]) -> list[Result]:
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        return list(workers.map(work, items))


def _schedule(hospital_code: str, entry: ScheduleEntry) -> Schedule:
    told = entry.model_dump(exclude={"half_day", "state", "ends_at"})
    return Schedule(
        schedule_id=schedule_id_of(hospital_code, entry.hospital_schedule_id),
        hospital_code=hospital_code,
        half_day=HalfDay(entry.half_day),
        state=ScheduleState(entry.state),
        ends_at=entry.ends_at,
        **told,
    )


def _no_such_schedule() -> NotFound:
    return NotFound("Your hospital has no such schedule.")
