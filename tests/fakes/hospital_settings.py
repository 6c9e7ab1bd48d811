"""Hospitals' contracts, in memory: as the two systems use them, and as administrators keep them beside the fake audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from guahao.domain.audit_log import Deed
from guahao.domain.gateway import HospitalSetting
from guahao.domain.hospital_settings import HospitalContract
from guahao.ports.hospital_settings import ContractMoved, ContractPage
from guahao.ports.vault import Vault
from tests.fakes.audit_log import FakeAuditLog


class FakeHospitalSettings:
    def __init__(self, *settings: HospitalSetting) -> None:
        self._settings = {setting.hospital_code: setting for setting in settings}

    def get(self, hospital_code: str) -> HospitalSetting | None:
        return self._settings.get(hospital_code)


class FakeContracts:
    """`meanwhile` is done once, before the next write: what somebody else does at the same moment."""

    def __init__(self, log: FakeAuditLog) -> None:
        self.contracts: dict[str, HospitalContract] = {}
        self.meanwhile: Callable[[], object] | None = None
        self._log = log
        self._lock = Lock()

    def get(self, hospital_code: str) -> HospitalContract | None:
        return self.contracts.get(hospital_code)

    def find(self, text: str, limit: int, cursor: str | None) -> ContractPage:
        found = [c for code, c in sorted(self.contracts.items()) if code > (cursor or "") and c.fits(text)]
        return ContractPage(found[:limit], found[limit - 1].hospital_code if len(found) > limit else None)

    def add(self, contract: HospitalContract, deed: Deed, now: datetime) -> None:
        self._write(contract.hospital_code, None, contract, deed, now)

    def move(self, before: HospitalContract, after: HospitalContract, deed: Deed, now: datetime) -> None:
        self._write(before.hospital_code, before.version, after, deed, now)

    def remove(self, before: HospitalContract, deed: Deed, now: datetime) -> None:
        self._write(before.hospital_code, before.version, None, deed, now)

    def _write(self, code: str, version: int | None, after: HospitalContract | None, deed: Deed, now: datetime) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        with self._lock:
            stored = self.contracts.get(code)
            if (stored.version if stored else None) != version:
                raise ContractMoved
            if after:
                self.contracts[code] = after
            else:
                del self.contracts[code]
            self._log.append(deed, now)


class SettingsOfContracts:
    """The contracts as the gateway knows them."""

    def __init__(self, contracts: FakeContracts, vault: Vault) -> None:
        self._contracts, self._vault = contracts, vault

    def get(self, hospital_code: str) -> HospitalSetting | None:
        found = self._contracts.get(hospital_code)
        if found is None:
            return None
        previous = self._vault.open(found.sealed_previous_key) if found.sealed_previous_key else ""
        key = self._vault.open(found.sealed_key)
        return HospitalSetting(found.hospital_code, found.api_url, key, found.locked, previous, found.previous_key_until)
