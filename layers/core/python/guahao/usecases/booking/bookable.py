"""Bookable schedules and free numbers, from the catalogue and the number pools together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.order_states import NumberState
from guahao.domain.catalog.booking_rule import opens_at, quit_until, sale_ends_at
from guahao.domain.catalog.catalog import Hospital
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.booking.orders import ReadNumbers
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock


def bookable_schedules(catalog: Catalog, schedule_ids: Sequence[str]) -> Mapping[str, BookableSchedule]:
    """Return those of the schedules that exist, with three requests to the catalogue for any number of schedules."""
    schedules = catalog.schedules_by_id(schedule_ids)
    hospitals = {h.hospital_code: h for h in catalog.hospitals_by_code(sorted({s.hospital_code for s in schedules}))}
    departments = catalog.departments_by_code(sorted({(s.hospital_code, s.department_code) for s in schedules}))
    names = {(d.hospital_code, d.department_code): d.name for d in departments}
    return {
        s.schedule_id: _bookable(hospitals[s.hospital_code], names[s.hospital_code, s.department_code], s)
        for s in schedules
        if s.hospital_code in hospitals and (s.hospital_code, s.department_code) in names
    }


def _bookable(hospital: Hospital, department_name: str, schedule: Schedule) -> BookableSchedule:
    rule = hospital.booking_rule
    return BookableSchedule(
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
        closes_at=sale_ends_at(schedule, rule),
        quit_until=quit_until(schedule.date, rule),
    )


@dataclass(frozen=True)
class PooledFreeNumbers:
    """Free numbers for those who only look, read from the pools in one round trip; pools that are missing are built."""

    pool: NumberPool
    catalog: Catalog
    read_numbers: ReadNumbers
    clock: Clock

    def free_of(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Return how many numbers of each schedule are free, 0 for a schedule that does not exist."""
        try:
            counts = self.pool.free_counts(schedule_ids, self.clock())
        except PoolUnavailable:
            return {schedule_id: self._count(schedule_id) for schedule_id in schedule_ids}
        free = {schedule_id: count for schedule_id, count in zip(schedule_ids, counts, strict=True) if count is not None}
        missing = [schedule_id for schedule_id in schedule_ids if schedule_id not in free]
        return free | self._built(missing) if missing else free

    def _built(self, schedule_ids: Sequence[str]) -> dict[str, int]:
        """Count the free numbers in the store, and build the pools from them."""
        epochs: Sequence[int] = [0] * len(schedule_ids)
        with suppress(PoolUnavailable):
            epochs = self.pool.epochs(schedule_ids)
        schedules = bookable_schedules(self.catalog, schedule_ids)
        return {s: self._count(s, schedules.get(s), epoch) for s, epoch in zip(schedule_ids, epochs, strict=True)}

    def _count(self, schedule_id: str, schedule: BookableSchedule | None = None, epoch: int = 0) -> int:
        numbers = self.read_numbers(schedule_id)
        if schedule:
            with suppress(PoolUnavailable):
                self.pool.build(schedule, numbers, epoch)
        return sum(1 for number in numbers if number.state is NumberState.FREE)
