"""A hospital's setting: its contact, the address of its system, and its keys."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guahao.domain.texts import folded


@dataclass(frozen=True)
class HospitalSetting:
    """A hospital's setting with sealed phone and keys; answers show only `masked_contact_phone`. `version` counts the writes."""

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
        """Tell whether the text is the code or is in the name, in any case and width; an empty text always fits."""
        return folded(text) in folded(self.name) or text.strip() == self.hospital_code

    def with_details(self, **details: str) -> HospitalSetting:
        """Return the setting with other details: names, address or phone."""
        return replace(self, version=self.version + 1, **details)  # type: ignore[arg-type]

    def lock(self, reason: str, now: datetime) -> HospitalSetting:
        """Return the setting locked from now on."""
        return replace(self, locked=True, lock_reason=reason, locked_at=now, version=self.version + 1)

    def unlock(self) -> HospitalSetting:
        """Return the setting unlocked."""
        return replace(self, locked=False, lock_reason="", locked_at=None, version=self.version + 1)

    def with_key(self, sealed_key: str, overlap: timedelta, now: datetime) -> HospitalSetting:
        """Return the setting with a new key; the present key stays valid for the overlap, and the key before it is gone."""
        previous, until = (self.sealed_key, now + overlap) if overlap else ("", None)
        return replace(self, sealed_key=sealed_key, sealed_previous_key=previous, previous_key_until=until, version=self.version + 1)


@dataclass(frozen=True)
class KeyedHospitalSetting(HospitalSetting):
    """A setting with its new key in plain text, which is shown once and stored nowhere."""

    key: str = field(repr=False, kw_only=True)
