"""Withdrawals: the daily check that suspended schedules and locked hospitals are not on sale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from guahao.domain.booking.order_states import NumberState
from guahao.domain.hospitals.hospital_settings import HospitalSetting
from guahao.domain.time import shanghai_date
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.booking.orders import ReadNumbers
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospitals.hospital_settings import HospitalSettings
from guahao.usecases.hospitals.hospital_access import apply_lock
from guahao.usecases.hospitals.suspensions import SuspendedSchedules
from guahao.usecases.reconciliation.repairs import Repairs

_AT_ONCE = 100
# Days that are over count too: after a late suspension, orders that have become no-shows are still to be cancelled.
_LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Withdrawals:
    """Takes off sale what a lost message or a killed process left on sale."""

    suspended: SuspendedSchedules
    read_numbers: ReadNumbers
    settings: HospitalSettings
    catalog: Catalog
    pool: NumberPool
    clock: Clock
    time: timedelta = timedelta(minutes=4)

    def run(self) -> Mapping[str, int]:
        """Cancel the orders of suspended schedules and apply each hospital's lock or unlock, for `time` at most; return the figures."""
        repairs, until = Repairs("suspendedOrders", "unappliedLocks", "outOfTime", "remaining"), self.clock() + self.time
        for work in (self._schedules(repairs), self._hospitals(repairs)):
            try:
                for _ in work:
                    if self.clock() >= until:
                        repairs.figures["outOfTime"] = 1
                        break
            except Exception:  # noqa: BLE001 - a list that cannot be read must not keep the other waiting
                repairs.note_failure()
        return repairs.figures

    def _schedules(self, repairs: Repairs) -> Iterator[None]:
        """Cancel the orders of one suspended schedule after another."""
        for schedule_id in self.catalog.suspended_ids(shanghai_date(self.clock()) - _LOOK_BACK):
            try:
                self._cancel_orders(schedule_id, repairs)
            except Exception:  # noqa: BLE001 - one schedule that cannot be checked must not keep the others waiting
                repairs.note_failure(scheduleId=schedule_id)
            yield

    def _hospitals(self, repairs: Repairs) -> Iterator[None]:
        """Apply the lock or unlock of one hospital after another."""
        for setting in self._settings():
            try:
                self._follow(setting, repairs)
            except Exception:  # noqa: BLE001 - one hospital that cannot be checked must not keep the others waiting
                repairs.note_failure(hospitalCode=setting.hospital_code)
            yield

    def _cancel_orders(self, schedule_id: str, repairs: Repairs) -> None:
        numbers = self.read_numbers(schedule_id)
        left = [number.order_id for number in numbers if number.order_id]
        # Free numbers too: a pool that was restored to an older state would still sell them.
        if any(number.state is not NumberState.CLOSED for number in numbers):
            self.suspended.cancel_orders(schedule_id)
        for order_id in left:
            repairs.note("suspendedOrders", orderId=order_id)

    def _follow(self, setting: HospitalSetting, repairs: Repairs) -> None:
        entry = self.catalog.hospital(setting.hospital_code)
        unapplied = entry is not None and entry.locked is not setting.locked
        if setting.locked or unapplied:
            apply_lock(self.settings, self.catalog, self.pool, setting.hospital_code, shanghai_date(self.clock()))
        if unapplied:
            repairs.note("unappliedLocks", hospitalCode=setting.hospital_code)

    def _settings(self) -> Iterator[HospitalSetting]:
        cursor: str | None = None
        while True:
            page = self.settings.find("", _AT_ONCE, cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return
