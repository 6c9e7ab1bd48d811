"""What the catalogue and the pools say together about sessions that can be booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from guahao.domain.catalog import Hospital, Schedule, closes_at, opens_at, quit_until
from guahao.domain.errors import PoolUnavailable
from guahao.domain.order_states import NumberState
from guahao.domain.sessions import BookableSession
from guahao.ports.booking import NumberPool, ReadNumbers
from guahao.ports.catalog import Catalog
from guahao.ports.clock import Clock


def bookable_sessions(catalog: Catalog, schedule_ids: Sequence[str]) -> Mapping[str, BookableSession]:
    """Return those of the sessions that exist; three requests to the catalogue, however many are asked for."""
    schedules = catalog.schedules_by_id(schedule_ids)
    hospitals = {h.hospital_code: h for h in catalog.hospitals_by_code(sorted({s.hospital_code for s in schedules}))}
    departments = catalog.departments_by_code(sorted({(s.hospital_code, s.department_code) for s in schedules}))
    names = {(d.hospital_code, d.department_code): d.name for d in departments}
    return {
        s.schedule_id: _bookable(hospitals[s.hospital_code], names[s.hospital_code, s.department_code], s)
        for s in schedules
        if s.hospital_code in hospitals and (s.hospital_code, s.department_code) in names
    }


def _bookable(hospital: Hospital, department_name: str, schedule: Schedule) -> BookableSession:
    rule = hospital.booking_rule
    return BookableSession(
        schedule_id=schedule.schedule_id,
        hospital_schedule_id=schedule.hospital_schedule_id,
        hospital_code=hospital.hospital_code,
        hospital_name=hospital.name,
        department_code=schedule.department_code,
        department_name=department_name,
        title=schedule.title,
        doctor_name=schedule.doctor_name,
        date=schedule.date,
        half_day=schedule.half_day,
        fee_fen=schedule.fee_fen,
        total=schedule.total,
        state=schedule.state,
        online=hospital.open_to_patients,
        opens_at=opens_at(schedule.date, rule),
        closes_at=closes_at(schedule.date, rule),
        quit_until=quit_until(schedule.date, rule),
    )


@dataclass(frozen=True)
class PooledFreeNumbers:
    """Free numbers for those who only look: from the pools in one round trip, which it builds where they are missing."""

    pool: NumberPool
    catalog: Catalog
    read_numbers: ReadNumbers
    clock: Clock

    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Return how many numbers each session has free, 0 for one that has none or does not exist."""
        try:
            counts = self.pool.free_counts(schedule_ids)
        except PoolUnavailable:
            return {schedule_id: self._count(schedule_id) for schedule_id in schedule_ids}
        free = {schedule_id: count for schedule_id, count in zip(schedule_ids, counts, strict=True) if count is not None}
        missing = [schedule_id for schedule_id in schedule_ids if schedule_id not in free]
        return free | self._built(missing) if missing else free

    def _built(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Count what the store has, and build the pools from it."""
        epochs: Sequence[int] = [0] * len(schedule_ids)
        with suppress(PoolUnavailable):
            epochs = self.pool.epochs(schedule_ids)
        sessions = bookable_sessions(self.catalog, schedule_ids)
        return {s: self._count(s, sessions.get(s), epoch) for s, epoch in zip(schedule_ids, epochs, strict=True)}

    def _count(self, schedule_id: str, session: BookableSession | None = None, epoch: int = 0) -> int:
        numbers = self.read_numbers(schedule_id)
        if session:
            with suppress(PoolUnavailable):
                self.pool.build(session, numbers, epoch)
        return sum(1 for number in numbers if number.state is NumberState.FREE)
