"""Hospitals' contracts: operators make, change, lock and end them, and the catalogue follows."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from guahao.domain.accounts import mask_phone
from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import HospitalConflict, NotFound, Unavailable
from guahao.domain.gateway import require_api_url
from guahao.domain.hospital_settings import HospitalContract, KeyedContract
from guahao.domain.time import shanghai_date
from guahao.ports.booking import NumberPool
from guahao.ports.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospital_settings import ContractMoved, ContractPage, HasOrders, HospitalContracts, ReadContract
from guahao.ports.vault import Vault
from guahao.usecases.pools import shut_hospital

# Every lost round is somebody else's lock or unlock of the same hospital.
_ROUNDS = 10
# Longer than a pool lives that could not be told of a lock, a booking that had begun takes, and the index of orders lags.
SETTLING = timedelta(minutes=15)


def draw_key() -> str:
    """Return 32 random bytes as hexadecimal digits."""
    return secrets.token_hex(32)


@dataclass(frozen=True)
class Contracts:
    """What operators, named as `actor`, do with contracts.

    A lock is written first and then felt: the gateway asks for the contract, the catalogue is told, and what pools know is forgotten. Doing
    it again takes up the steps of one that was killed. What the platform has to tell a locked hospital of its orders it still tells.
    """

    contracts: HospitalContracts
    catalog: Catalog
    pool: NumberPool
    has_orders: HasOrders
    vault: Vault
    clock: Clock
    any_address: bool = False
    draw_key: Callable[[], str] = draw_key

    def find(self, text: str, limit: int, cursor: str | None) -> ContractPage:
        """Return a page of the contracts whose name contains the text or whose code it is."""
        return self.contracts.find(text, limit, cursor)

    def get(self, hospital_code: str) -> HospitalContract:
        """Return the contract or raise NotFound."""
        found = self.contracts.get(hospital_code)
        if found is None:
            raise NotFound("This hospital has no setting. GET /api/admin/hospital-settings lists those there are.")
        return found

    def create(self, actor: str, hospital_code: str, name: str, api_url: str, contact_name: str, contact_phone: str) -> KeyedContract:
        """Make a contract and return it with its key, or raise Invalid or HospitalConflict; the hospital begins offline and open."""
        require_api_url(api_url, any_address=self.any_address)
        if self.contracts.get(hospital_code):
            raise HospitalConflict("A hospital has this code already. Choose another.", rule="hospitalCodeFree")
        now, key = self.clock(), self.draw_key()
        sealed_phone, sealed_key = self.vault.seal(contact_phone), self.vault.seal(key)
        contract = HospitalContract(hospital_code, name, api_url, contact_name, sealed_phone, mask_phone(contact_phone), sealed_key, now)
        # An entry of that code is of a hospital that was removed: it waits to be put online again, too.
        self.catalog.set_online(hospital_code, False)
        with _unmoved():
            self.contracts.add(contract, Deed(actor, Action.HOSPITAL_CREATED, hospital_code), now)
        self._follow(hospital_code)
        return KeyedContract(**vars(contract), key=key)

    def change(
        self, actor: str, hospital_code: str, name: str, api_url: str, contact_name: str, contact_phone: str | None
    ) -> HospitalContract:
        """Change what the contract says, the phone only if one is given, or raise Invalid, NotFound or HospitalConflict."""
        require_api_url(api_url, any_address=self.any_address)
        before = self.get(hospital_code)
        details = {"name": name, "api_url": api_url, "contact_name": contact_name}
        if contact_phone:
            details |= {"sealed_contact_phone": self.vault.seal(contact_phone), "masked_contact_phone": mask_phone(contact_phone)}
        return self._move(before, before.with_details(**details), Deed(actor, Action.HOSPITAL_CHANGED, hospital_code))

    def rotate_key(self, actor: str, hospital_code: str, overlap: timedelta) -> KeyedContract:
        """Replace the key and return the new one; the present one stays good for the overlap. Raises NotFound or HospitalConflict."""
        before, key = self.get(hospital_code), self.draw_key()
        after = before.with_key(self.vault.seal(key), overlap, self.clock())
        self._move(before, after, Deed(actor, Action.HOSPITAL_KEY_ROTATED, hospital_code))
        return KeyedContract(**vars(after), key=key)

    def lock(self, actor: str, hospital_code: str, reason: str) -> HospitalContract:
        """Let the hospital neither publish nor be booked, or raise NotFound or HospitalConflict; one that is locked keeps its reason."""
        contract = self.get(hospital_code)
        if not contract.locked or self._lock_is_unfelt(hospital_code):
            after = contract.lock(reason, self.clock())
            contract = self._move(contract, after, Deed(actor, Action.HOSPITAL_LOCKED, hospital_code, reason))
        self._follow(hospital_code)
        return contract

    def unlock(self, actor: str, hospital_code: str, reason: str) -> HospitalContract:
        """Let the hospital publish and be booked again, or raise NotFound or HospitalConflict."""
        contract = self.get(hospital_code)
        if contract.locked:
            contract = self._move(contract, contract.unlock(), Deed(actor, Action.HOSPITAL_UNLOCKED, hospital_code, reason))
        self._follow(hospital_code)
        return contract

    def remove(self, actor: str, hospital_code: str) -> None:
        """End the contract of a locked hospital that no patient will come to, or raise NotFound or HospitalConflict.

        Nobody is overlooked: one that has sessions must have been locked for long enough that every booking that began before is seen.
        What it published stays as history, offline and locked.
        """
        contract = self.get(hospital_code)
        if contract.locked_at is None or self._lock_is_unfelt(hospital_code):
            raise HospitalConflict("Only a locked hospital is removed. Lock it first.", rule="hospitalLocked")
        now, today = self.clock(), self._today()
        settled_at = contract.locked_at + SETTLING
        if now < settled_at and self.catalog.schedule_ids(hospital_code, None, today, date.max):
            detail = "Bookings that began before the lock may still come to their end. Remove the hospital after `retryAt`."
            raise HospitalConflict(detail, rule="bookingsSettled", retry_at=settled_at)
        if self.has_orders(hospital_code, today):
            detail = "Patients have orders today or later. Wait until their visits are over, or unlock it to suspend its sessions."
            raise HospitalConflict(detail, rule="noOrdersToCome")
        self.catalog.set_online(hospital_code, False)
        with _unmoved():
            self.contracts.remove(contract, Deed(actor, Action.HOSPITAL_REMOVED, hospital_code), now)

    def _move(self, before: HospitalContract, after: HospitalContract, deed: Deed) -> HospitalContract:
        with _unmoved():
            self.contracts.move(before, after, deed, self.clock())
        return after

    def _follow(self, hospital_code: str) -> None:
        follow_contract(self.contracts, self.catalog, self.pool, hospital_code, self._today())

    def _lock_is_unfelt(self, hospital_code: str) -> bool:
        """Tell whether the catalogue does not say that the hospital is locked."""
        entry = self.catalog.hospital(hospital_code)
        return entry is not None and not entry.locked

    def _today(self) -> date:
        return shanghai_date(self.clock())


def follow_contract(contracts: ReadContract, catalog: Catalog, pool: NumberPool, hospital_code: str, today: date) -> None:
    """Make catalogue and pools what the contract says now; of several who do, the last to write looks whether it is still so."""

    def is_locked() -> bool:
        contract = contracts.get(hospital_code)
        return contract is None or contract.locked

    for _ in range(_ROUNDS):
        locked = is_locked()
        catalog.set_locked(hospital_code, locked)
        shut_hospital(catalog, pool, hospital_code, today)
        if is_locked() is locked:
            return
    raise Unavailable("This hospital is being locked and unlocked by many at once. Send the same request again.")


@contextmanager
def _unmoved() -> Iterator[None]:
    try:
        yield
    except ContractMoved as moved:
        raise HospitalConflict("Somebody changed this hospital at the same moment. Look at it again.", rule="unmoved") from moved
