"""What the use cases need from hospitals' systems and from the store of their settings."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from guahao.contracts.hospital import Registration
from guahao.domain.booking import Number
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


class Nonces(Protocol):
    """The short memory of nonces, longer than a signature is good. One that does not answer raises `Unavailable`."""

    def use(self, hospital_code: str, nonce: str) -> bool:
        """Note that the hospital used the nonce; False if it had before."""
        ...


class Turns(Protocol):
    """What a hospital publishes is worked on one thing after another."""

    def of(self, hospital_code: str) -> AbstractContextManager[object]:
        """Wait for the hospital's turn, a few seconds at most, and keep it; or raise `Unavailable`."""
        ...


class NumberItems(Protocol):
    """The numbers behind the sessions, in the store of record."""

    def of(self, schedule_id: str) -> list[Number]:
        """Return every number of the session, as written by the last finished booking."""
        ...

    def fit(self, schedule_id: str, total: int) -> None:
        """Make the numbers 1 to `total` those that can be sold: add what is missing, withdraw what lies above, whatever state each is in.

        A number that somebody has stays theirs; withdrawn, it is not sold again when they give it back.
        """
        ...
