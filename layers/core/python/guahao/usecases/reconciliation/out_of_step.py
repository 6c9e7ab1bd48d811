"""Bringing schedules and their numbers in step: after a publication that was killed, and where patients gave back what was too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from guahao.domain.hospitals.publishing import sellable
from guahao.domain.time import shanghai_date
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospitals.partners import NumberItems, PublicationLock
from guahao.usecases.booking.number_pool import invalidate
from guahao.usecases.reconciliation.repairs import Repairs


@dataclass(frozen=True)
class OutOfStep:
    """Makes free what the total of each schedule leaves, as the catalogue has it."""

    catalog: Catalog
    numbers: NumberItems
    pool: NumberPool
    publication_lock: PublicationLock
    clock: Clock

    def run(self, ends_at: datetime) -> Mapping[str, int]:
        """Look at one schedule after another until that moment and return how many are in step again."""
        repairs = Repairs("schedulesInStep", "remaining")
        try:
            for schedule_id in self.catalog.out_of_step_ids(shanghai_date(self.clock())):
                self._try(schedule_id, repairs)
                if self.clock() >= ends_at:
                    break
        except Exception:  # noqa: BLE001 - a catalogue that does not answer must not keep orders and pools waiting
            repairs.note_failure()
        return repairs.figures

    def _try(self, schedule_id: str, repairs: Repairs) -> None:
        try:
            if self._fit(schedule_id):
                repairs.note("schedulesInStep", scheduleId=schedule_id)
        except Exception:  # noqa: BLE001 - nor one schedule the others
            repairs.note_failure(scheduleId=schedule_id)

    def _fit(self, schedule_id: str) -> bool:
        found = self.catalog.schedule(schedule_id)
        if found is None:
            return False
        with self.publication_lock.of(found.hospital_code):
            # Again, now that nobody else publishes it.
            schedule = self.catalog.schedule(schedule_id)
            if schedule is None or schedule.in_step:
                return False
            in_step = self.numbers.fit(schedule_id, sellable(schedule), reopen=False)
            if in_step:
                self.catalog.put_schedules([replace(schedule, in_step=True)])
            invalidate(self.pool, [schedule_id])
            return in_step
