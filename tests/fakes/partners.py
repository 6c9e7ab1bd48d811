"""Hospitals' systems, and what the gateway remembers of hospitals, in memory: kept to the same settings as the real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from guahao.contracts.partner_calls import Registration
from guahao.domain.errors import HospitalRefused, HospitalUnreachable, Unavailable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.ports.hospitals.partners import PartnerSystem


@dataclass(frozen=True)
class FakeOrder:
    """What the hospital has written down about an order."""

    registration: Registration
    record: HospitalRecord
    knows: HospitalKnows = HospitalKnows.BOOKED
    calls: int = 1


class FakePartnerSystem(PartnerSystem):
    """All hospitals at once; its switches are `down`, `refuses` and `loses_answers` (the work is done, the answer never comes)."""

    def __init__(self) -> None:
        self.down = False
        self.refuses = False
        self.loses_answers = False
        self.orders: dict[str, FakeOrder] = {}

    def register(self, setting: HospitalAccess, registration: Registration) -> HospitalRecord:
        self._answer()
        found = self.orders.get(registration.order_id)
        if found is None:
            self._refuse_taken(registration)
            check_in_at = datetime.combine(registration.date, time(0 if registration.half_day == "morning" else 5), UTC)
            record = HospitalRecord(f"R-{registration.order_id}", check_in_at, "window 1")
            found = self.orders[registration.order_id] = FakeOrder(registration, record)
        elif found.registration != registration:
            raise HospitalRefused("The order is registered with other content.")
        else:
            self._write(registration.order_id, found.knows)
        self._lose()
        return found.record

    def record_payment(self, setting: HospitalAccess, record_id: str, order_id: str, amount_fen: int) -> None:
        self._answer()
        found = self._of_record(record_id, order_id)
        if found.knows is HospitalKnows.CANCELLED or found.registration.fee_fen != amount_fen:
            raise HospitalRefused("The order is cancelled, or the amount is not its fee.")
        self._write(order_id, HospitalKnows.PAID)
        self._lose()

    def record_cancellation(self, setting: HospitalAccess, record_id: str, order_id: str, reason: str) -> None:
        self._answer()
        self._of_record(record_id, order_id)
        self._write(order_id, HospitalKnows.CANCELLED)
        self._lose()

    def _answer(self) -> None:
        if self.down:
            raise HospitalUnreachable("The hospital's system does not answer.")
        if self.refuses:
            raise HospitalRefused("The hospital takes no orders.")

    def _lose(self) -> None:
        if self.loses_answers:
            raise HospitalUnreachable("The hospital's answer was lost.")

    def _of_record(self, record_id: str, order_id: str) -> FakeOrder:
        found = self.orders.get(order_id)
        if found is None or found.record.record_id != record_id:
            raise HospitalUnreachable("The hospital's system knows no such record.")
        return found

    def _refuse_taken(self, asked: Registration) -> None:
        place = (asked.hospital_schedule_id, asked.number)
        for order in self.orders.values():
            owned = (order.registration.hospital_schedule_id, order.registration.number)
            if order.knows is not HospitalKnows.CANCELLED and owned == place:
                raise HospitalRefused("Another order has this number of the schedule.")

    def _write(self, order_id: str, knows: HospitalKnows) -> None:
        found = self.orders[order_id]
        self.orders[order_id] = replace(found, knows=knows, calls=found.calls + 1)


class FakeNonces:
    """`down` makes every call fail."""

    def __init__(self) -> None:
        self.down = False
        self.used: set[tuple[str, str]] = set()

    def use(self, hospital_code: str, nonce: str) -> bool:
        if self.down:
            raise Unavailable("down")
        fresh = (hospital_code, nonce) not in self.used
        self.used.add((hospital_code, nonce))
        return fresh


class FakePublications:
    def __init__(self) -> None:
        self.signed_at: dict[str, int] = {}

    def latest(self, names: Sequence[str]) -> dict[str, int]:
        return {name: self.signed_at[name] for name in names if name in self.signed_at}

    def note(self, names: Sequence[str], signed_at: int) -> None:
        self.signed_at.update({name: max(signed_at, self.signed_at.get(name, 0)) for name in names})


class FakePublicationLock:
    """PublicationLock that nobody waits for: who comes while one is taken is sent away."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    @contextmanager
    def of(self, hospital_code: str) -> Iterator[None]:
        if hospital_code in self.taken:
            raise Unavailable("taken")
        self.taken.add(hospital_code)
        try:
            yield
        finally:
            self.taken.discard(hospital_code)
