"""Partner systems, and what publishing needs, as the use cases need them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from guahao.contracts.partner_calls import Registration
from guahao.domain.booking.orders import Number
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.partner_calls import HospitalRecord


class PartnerSystem(Protocol):
    """A hospital's own system. Calls are signed and carry the order's id, so that the hospital recognises a repeat.

    A clear refusal of the order (409, 422) raises `HospitalRefused`; no answer, or any other that is not a success, `HospitalUnreachable`.
    """

    def register(self, setting: HospitalAccess, registration: Registration) -> HospitalRecord:
        """Tell the hospital about a booked number and return its record."""
        ...

    def record_payment(self, setting: HospitalAccess, record_id: str, order_id: str, amount_fen: int) -> None: ...

    def record_cancellation(self, setting: HospitalAccess, record_id: str, order_id: str, reason: str) -> None: ...


class ReadHospitalAccess(Protocol):
    def get(self, hospital_code: str) -> HospitalAccess | None: ...


class Nonces(Protocol):
    """The nonces used, remembered for longer than a signature is valid. Raises `Unavailable` if they cannot be reached."""

    def use(self, hospital_code: str, nonce: str) -> bool:
        """Note that the hospital used the nonce; return False if it was used before."""
        ...


class PublicationLock(Protocol):
    """The publication lock: one publication of a hospital at a time."""

    def of(self, hospital_code: str) -> AbstractContextManager[object]:
        """Wait for the hospital's lock, a few seconds at most, and keep it, or raise `Unavailable`."""
        ...


class Publications(Protocol):
    """When the last publication that was taken of each element was signed, in Unix seconds. It outlives the element."""

    def latest(self, names: Sequence[str]) -> dict[str, int]:
        """Return it for those of the elements that were ever published."""
        ...

    def note(self, names: Sequence[str], signed_at: int) -> None:
        """Note a publication of the elements; one that was signed later stays the last."""
        ...


class NumberItems(Protocol):
    """The numbers of the schedules, in the store of record."""

    def of(self, schedule_id: str) -> list[Number]:
        """Return every number of the schedule, as written by the last finished booking."""
        ...

    def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
        """Make free what the total leaves beside the numbers held, sold and refused, adding and withdrawing; return whether it stays so.

        A number that somebody has stays theirs. While patients have more than the total, none that comes back is sold again: then False
        is returned, and only the next fit may put some of them on sale. Reopening, those that the hospital refused are offered again.
        """
        ...
