"""Comparison of the number pools with the numbers in the store."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from guahao.domain.booking.order_states import NumberState
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool_checks import Pools
from guahao.ports.booking.orders import ReadNumbers
from guahao.ports.clock import Clock
from guahao.usecases.reconciliation.repairs import Repairs


@dataclass(frozen=True)
class PoolChecks:
    """Makes each pool offer the numbers that are free in the store, and no others, while bookings go on.

    A change between reading and repairing costs somebody one more try at most. The store refuses a number that is offered but not free.
    A number that is freed after it was withdrawn is found by the second read, or offered again by whoever frees it later.
    """

    pools: Pools
    read_numbers: ReadNumbers
    clock: Clock

    def run(self, ends_at: datetime) -> Mapping[str, int]:
        """Check one pool after another until that moment and return the figures; without Redis there is nothing to check."""
        repairs = Repairs("numbersReturned", "numbersDropped", "numbersOverdue", "remaining")
        with suppress(PoolUnavailable):
            for schedule_id in self.pools.built():
                self._try(schedule_id, repairs)
                if self.clock() >= ends_at:
                    break
        return repairs.figures

    def _try(self, schedule_id: str, repairs: Repairs) -> None:
        try:
            self._check(schedule_id, repairs)
        except PoolUnavailable:
            raise
        except Exception:  # noqa: BLE001 - one pool that cannot be checked must not keep the others, and the orders, waiting
            repairs.note_failure(scheduleId=schedule_id)

    def _check(self, schedule_id: str, repairs: Repairs) -> None:
        # The pool is read before the store: a number that is no longer in the pool was written in the store before it left.
        known, free = self.pools.content(schedule_id, self.clock()), self._free(schedule_id)
        repairs.figures["numbersOverdue"] += len(known.overdue)
        missing = free - known.free - known.in_flight - known.overdue
        wrong = (known.free | known.overdue) - free
        returned = self.pools.offer(schedule_id, missing) if missing else []
        dropped = set(self.pools.withdraw(schedule_id, wrong, self.clock())) if wrong else set()
        freed = dropped & self._free(schedule_id) if dropped else set()
        if freed:
            self.pools.offer(schedule_id, freed)
        for number in returned:
            repairs.note("numbersReturned", scheduleId=schedule_id, number=number)
        for number in dropped - freed:
            repairs.note("numbersDropped", scheduleId=schedule_id, number=number)

    def _free(self, schedule_id: str) -> set[int]:
        return {number.number for number in self.read_numbers(schedule_id) if number.state is NumberState.FREE}
