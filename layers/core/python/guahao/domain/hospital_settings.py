"""A hospital's contract with the platform, as administrators keep it: whom to call, where, and until when which key is good."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guahao.domain.catalog import folded


@dataclass(frozen=True)
class HospitalContract:
    """A contract, its phone and keys under the vault's key; answers show `masked_contact_phone` alone. `version` counts the writes."""

    hospital_code: str
    name: str
    api_url: str
    contact_name: str
    sealed_contact_phone: str
    masked_contact_phone: str
    sealed_key: str
    created_at: datetime
    sealed_previous_key: str = ""
    previous_key_until: datetime | None = None
    locked: bool = False
    lock_reason: str = ""
    locked_at: datetime | None = None
    version: int = 0

    def fits(self, text: str) -> bool:
        """Tell whether the name contains the text, in any case and width, or the code is it; no text fits all."""
        return folded(text) in folded(self.name) or text.strip() == self.hospital_code

    def with_details(self, **details: str) -> HospitalContract:
        """Return the contract with other names, address or phone."""
        return replace(self, version=self.version + 1, **details)  # type: ignore[arg-type]

    def lock(self, reason: str, now: datetime) -> HospitalContract:
        """Return the contract as locked from now on."""
        return replace(self, locked=True, lock_reason=reason, locked_at=now, version=self.version + 1)

    def unlock(self) -> HospitalContract:
        """Return the contract as open."""
        return replace(self, locked=False, lock_reason="", locked_at=None, version=self.version + 1)

    def with_key(self, sealed_key: str, overlap: timedelta, now: datetime) -> HospitalContract:
        """Return the contract with a new key; the present one stays good for the overlap, the one before it is gone."""
        previous, until = (self.sealed_key, now + overlap) if overlap else ("", None)
        return replace(self, sealed_key=sealed_key, sealed_previous_key=previous, previous_key_until=until, version=self.version + 1)


@dataclass(frozen=True)
class KeyedContract(HospitalContract):
    """A contract with its new key in plain text: shown once and kept nowhere."""

    key: str = field(repr=False, kw_only=True)
