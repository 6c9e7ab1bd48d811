"""Hospital access: operators change a hospital's key, lock it and unlock it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import HospitalConflict, NotFound
from guahao.domain.hospitals.hospital_settings import HospitalSetting, KeyedHospitalSetting
from guahao.domain.time import shanghai_date
from guahao.domain.versions import VersionConflict, retry
from guahao.ports.booking.number_pool import NumberPool
from guahao.ports.catalog.catalog import Catalog
from guahao.ports.clock import Clock
from guahao.ports.hospitals.hospital_settings import HospitalSettings, ReadHospitalSetting
from guahao.ports.vault import Vault
from guahao.usecases.booking.number_pool import require_hospital_invalidated


def draw_key() -> str:
    """Return 32 random bytes as hexadecimal digits."""
    return secrets.token_hex(32)


@dataclass(frozen=True)
class HospitalAccessService:
    """Changes keys and locks of hospitals for operators, named as `actor`.

    A lock is written to the setting first, then to the catalogue; then the pools are invalidated. Locking again completes a lock whose
    process was killed. A locked hospital still gets the partner calls about its orders.
    """

    settings: HospitalSettings
    catalog: Catalog
    pool: NumberPool
    vault: Vault
    clock: Clock
    draw_key: Callable[[], str] = draw_key

    def get(self, hospital_code: str) -> HospitalSetting:
        """Return the setting or raise NotFound."""
        found = self.settings.get(hospital_code)
        if found is None:
            raise NotFound("This hospital has no setting. GET /api/admin/hospital-settings lists those there are.")
        return found

    def rotate_key(self, actor: str, hospital_code: str, overlap: timedelta) -> KeyedHospitalSetting:
        """Replace the key and return the new one; the old key stays valid for the overlap. Raises NotFound or HospitalConflict."""
        before, key = self.get(hospital_code), self.draw_key()
        after = before.with_key(self.vault.seal(key), overlap, self.clock())
        self._move(before, after, AuditEntry(actor, Action.HOSPITAL_KEY_ROTATED, hospital_code))
        return KeyedHospitalSetting(**vars(after), key=key)

    def lock(self, actor: str, hospital_code: str, reason: str) -> HospitalSetting:
        """Lock the hospital: it cannot publish or be booked. Raises NotFound or HospitalConflict; a locked one keeps its reason."""
        setting = self.get(hospital_code)
        if not setting.locked or self._catalog_lacks_lock(hospital_code):
            after = setting.lock(reason, self.clock())
            setting = self._move(setting, after, AuditEntry(actor, Action.HOSPITAL_LOCKED, hospital_code, reason))
        self._apply_lock(hospital_code)
        return setting

    def unlock(self, actor: str, hospital_code: str, reason: str) -> HospitalSetting:
        """Unlock the hospital, so that it publishes and is booked again, or raise NotFound or HospitalConflict."""
        setting = self.get(hospital_code)
        if setting.locked:
            setting = self._move(setting, setting.unlock(), AuditEntry(actor, Action.HOSPITAL_UNLOCKED, hospital_code, reason))
        self._apply_lock(hospital_code)
        return setting

    def _move(self, before: HospitalSetting, after: HospitalSetting, entry: AuditEntry) -> HospitalSetting:
        with unchanged():
            self.settings.move(before, after, entry, self.clock())
        return after

    def _apply_lock(self, hospital_code: str) -> None:
        apply_lock(self.settings, self.catalog, self.pool, hospital_code, self._today())

    def _catalog_lacks_lock(self, hospital_code: str) -> bool:
        """Tell whether the catalogue has the hospital, but not as locked."""
        hospital = self.catalog.hospital(hospital_code)
        return hospital is not None and not hospital.locked

    def _today(self) -> date:
        return shanghai_date(self.clock())


def apply_lock(settings: ReadHospitalSetting, catalog: Catalog, pool: NumberPool, hospital_code: str, today: date) -> None:
    """Make the catalogue and the pools fit the setting's lock; of several calls at once, the last to write makes them right."""

    def is_locked() -> bool:
        setting = settings.get(hospital_code)
        return setting is None or setting.locked

    def apply() -> None:
        locked = is_locked()
        catalog.set_locked(hospital_code, locked)
        require_hospital_invalidated(catalog, pool, hospital_code, today)
        if is_locked() is not locked:
            raise VersionConflict

    retry(apply, "The lock of this hospital")


@contextmanager
def unchanged() -> Iterator[None]:
    """Raise HospitalConflict if the setting was changed since it was read."""
    try:
        yield
    except VersionConflict as conflict:
        raise HospitalConflict("Somebody changed this hospital at the same moment. Load it again.", rule="unmoved") from conflict
