"""What the catalogue and the pools say together about sessions that can be booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from guahao.domain.booking import NumberState
from guahao.domain.catalog import Hospital, Schedule, closes_at, opens_at, quit_until
from guahao.domain.errors import PoolUnavailable
from guahao.domain.sessions import BookableSession
from guahao.ports.booking import NumberPool, ReadNumbers
from guahao.ports.catalog import Catalog
from guahao.ports.clock import Clock


def bookable_sessions(catalog: Catalog, schedule_ids: Sequence[str]) -> Mapping[str, BookableSession]:
    """Return those of the sessions that exist; three requests to the catalogue, however many sessions of one hospital are asked for."""
    schedules = catalog.schedules_by_id(schedule_ids)
    sessions: dict[str, BookableSession] = {}
    for code in {schedule.hospital_code for schedule in schedules}:
        hospital = catalog.hospital(code)
        names = {department.department_code: department.name for department in catalog.departments(code)}
        for schedule in schedules:
            if hospital and schedule.hospital_code == code and schedule.department_code in names:
                sessions[schedule.schedule_id] = _bookable(hospital, names[schedule.department_code], schedule)
    return sessions


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
        online=hospital.online,
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
        sessions = bookable_sessions(self.catalog, missing) if missing else {}
        return free | {schedule_id: self._count(schedule_id, sessions.get(schedule_id)) for schedule_id in missing}

    def _count(self, schedule_id: str, session: BookableSession | None = None) -> int:
        numbers = self.read_numbers(schedule_id)
        if session:
            with suppress(PoolUnavailable):
                self.pool.build(session, numbers, self.clock())
        return sum(1 for number in numbers if number.state is NumberState.FREE)
