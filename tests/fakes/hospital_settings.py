"""Hospitals' settings, in memory: as the two systems use them, and as administrators keep them beside the fake audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.hospital_settings import HospitalSetting
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page
from guahao.ports.vault import Vault
from tests.fakes.audit_log import FakeAuditLog


class FakeHospitalAccess:
    def __init__(self, *settings: HospitalAccess) -> None:
        self._settings = {setting.hospital_code: setting for setting in settings}

    def get(self, hospital_code: str) -> HospitalAccess | None:
        return self._settings.get(hospital_code)


class FakeHospitalSettings:
    """`meanwhile` is done once, before the next write: what somebody else does at the same moment."""

    def __init__(self, log: FakeAuditLog) -> None:
        self.settings: dict[str, HospitalSetting] = {}
        self.meanwhile: Callable[[], object] | None = None
        self._log = log
        self._lock = Lock()

    def get(self, hospital_code: str) -> HospitalSetting | None:
        return self.settings.get(hospital_code)

    def find(self, text: str, limit: int, cursor: str | None) -> Page[HospitalSetting]:
        found = [c for code, c in sorted(self.settings.items()) if code > (cursor or "") and c.fits(text)]
        return Page(found[:limit], found[limit - 1].hospital_code if len(found) > limit else None)

    def add(self, setting: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        self._write(setting.hospital_code, None, setting, entry, now)

    def move(self, before: HospitalSetting, after: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        self._write(before.hospital_code, before.version, after, entry, now)

    def remove(self, before: HospitalSetting, entry: AuditEntry, now: datetime) -> None:
        self._write(before.hospital_code, before.version, None, entry, now)

    def _write(self, code: str, version: int | None, after: HospitalSetting | None, entry: AuditEntry, now: datetime) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        with self._lock:
            stored = self.settings.get(code)
            if (stored.version if stored else None) != version:
                raise VersionConflict
            if after:
                self.settings[code] = after
            else:
                del self.settings[code]
            self._log.append(entry, now)


class AccessOfSettings:
    """The settings as the gateway knows them."""

    def __init__(self, settings: FakeHospitalSettings, vault: Vault) -> None:
        self._settings, self._vault = settings, vault

    def get(self, hospital_code: str) -> HospitalAccess | None:
        found = self._settings.get(hospital_code)
        if found is None:
            return None
        previous = self._vault.open(found.sealed_previous_key) if found.sealed_previous_key else ""
        key = self._vault.open(found.sealed_key)
        return HospitalAccess(found.hospital_code, found.api_url, key, found.locked, previous, found.previous_key_until)
