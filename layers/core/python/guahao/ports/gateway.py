"""What the use cases need from hospitals' systems and from the store of their settings."""

from __future__ import annotations

from typing import Protocol

from guahao.contracts.hospital import Registration
from guahao.domain.gateway import HospitalRecord, HospitalSetting


class HospitalSystem(Protocol):
    """One hospital's own system. Calls are signed and keyed by the order id, so that the hospital recognises a repeat.

    A clear no to the order (409, 422) raises `HospitalRefused`; no answer, or any other that is not a yes, `HospitalUnreachable`.
    """

    def register(self, setting: HospitalSetting, registration: Registration) -> HospitalRecord:
        """Tell the hospital of a booked number and return its record."""
        ...

    def record_payment(self, setting: HospitalSetting, record_id: str, order_id: str, amount_fen: int) -> None: ...

    def record_cancellation(self, setting: HospitalSetting, record_id: str, order_id: str, reason: str) -> None: ...


class HospitalSettings(Protocol):
    def get(self, hospital_code: str) -> HospitalSetting | None: ...

    def put(self, setting: HospitalSetting) -> None:
        """Store the setting, its key sealed."""
        ...


class NumberItems(Protocol):
    """The numbers behind the sessions, in the store of record."""

    def create(self, schedule_id: str, total: int) -> None:
        """Make the numbers 1 to `total` of a session, free; one that is there already stays as it is."""
        ...
