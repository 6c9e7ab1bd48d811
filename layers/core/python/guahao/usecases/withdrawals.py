"""Seeing that what was taken from sale stays so: sessions that were suspended, hospitals that were locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from guahao.domain.hospital_settings import HospitalContract
from guahao.domain.order_states import NumberState
from guahao.domain.time import shanghai_date
from guahao.ports.booking import NumberPool, ReadNumbers
from guahao.ports.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospital_settings import HospitalContracts
from guahao.usecases.hospital_settings import follow_contract
from guahao.usecases.repairs import Repairs
from guahao.usecases.suspensions import SuspendedSessions

_AT_ONCE = 100
# A suspension whose message was late may have met orders that the night had made no-shows.
_LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Withdrawals:
    """Ends what a lost message, or somebody who was killed, left on sale."""

    suspended: SuspendedSessions
    read_numbers: ReadNumbers
    contracts: HospitalContracts
    catalog: Catalog
    pool: NumberPool
    clock: Clock
    time: timedelta = timedelta(minutes=4)

    def run(self) -> Mapping[str, int]:
        """Cancel the orders of suspended sessions, and have each lock and unlock of a hospital felt, for so long a time."""
        repairs, until = Repairs("suspendedOrders", "unfeltLocks", "outOfTime", "remaining"), self.clock() + self.time
        for work in (self._sessions(repairs), self._hospitals(repairs)):
            try:
                for _ in work:
                    if self.clock() >= until:
                        repairs.figures["outOfTime"] = 1
                        break
            except Exception:  # noqa: BLE001 - a list that cannot be read must not keep the other waiting
                repairs.note_failure()
        return repairs.figures

    def _sessions(self, repairs: Repairs) -> Iterator[None]:
        """End one suspended session after another."""
        for schedule_id in self.catalog.suspended_ids(shanghai_date(self.clock()) - _LOOK_BACK):
            try:
                self._clear(schedule_id, repairs)
            except Exception:  # noqa: BLE001 - one session that cannot be ended must not keep the others waiting
                repairs.note_failure(scheduleId=schedule_id)
            yield

    def _hospitals(self, repairs: Repairs) -> Iterator[None]:
        """Have the contract of one hospital after another felt."""
        for contract in self._contracts():
            try:
                self._follow(contract, repairs)
            except Exception:  # noqa: BLE001 - nor one hospital
                repairs.note_failure(hospitalCode=contract.hospital_code)
            yield

    def _clear(self, schedule_id: str, repairs: Repairs) -> None:
        numbers = self.read_numbers(schedule_id)
        left = [number.order_id for number in numbers if number.order_id]
        # Free ones too: a pool that came back from the past would still sell them.
        if any(number.state is not NumberState.CLOSED for number in numbers):
            self.suspended.clear(schedule_id)
        for order_id in left:
            repairs.note("suspendedOrders", orderId=order_id)

    def _follow(self, contract: HospitalContract, repairs: Repairs) -> None:
        entry = self.catalog.hospital(contract.hospital_code)
        unfelt = entry is not None and entry.locked is not contract.locked
        if contract.locked or unfelt:
            follow_contract(self.contracts, self.catalog, self.pool, contract.hospital_code, shanghai_date(self.clock()))
        if unfelt:
            repairs.note("unfeltLocks", hospitalCode=contract.hospital_code)

    def _contracts(self) -> Iterator[HospitalContract]:
        cursor: str | None = None
        while True:
            page = self.contracts.find("", _AT_ONCE, cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return
