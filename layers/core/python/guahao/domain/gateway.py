"""A hospital's side: its contract with the platform and what it answers to a registration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class HospitalSetting:
    """A hospital's contract: where its system answers and the key that both sides sign with (a secret, kept out of every log)."""

    hospital_code: str
    api_url: str
    key: str
    locked: bool = False

    def __repr__(self) -> str:
        return f"HospitalSetting({self.hospital_code!r}, {self.api_url!r}, key=…, locked={self.locked})"


@dataclass(frozen=True)
class HospitalRecord:
    """The hospital's own record of an order: where and when the patient takes the number."""

    record_id: str
    check_in_at: datetime
    check_in_place: str


class HospitalKnows(StrEnum):
    """The last thing that a hospital confirmed to have heard about an order."""

    NOTHING = "nothing"
    BOOKED = "booked"
    PAID = "paid"
    CANCELLED = "cancelled"
