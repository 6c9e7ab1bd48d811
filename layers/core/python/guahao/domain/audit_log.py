"""The audit log: who did what, each entry sealed to the one before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from guahao.domain.time import shanghai_date

# What the first entry of all carries in place of a hash before it.
BEGINNING = "0" * 64


class Action(StrEnum):
    """What administrators do that is kept for good."""

    LOGGED_IN = "administrator.loggedIn"
    ADMINISTRATOR_CREATED = "administrator.created"
    ADMINISTRATOR_LOCKED = "administrator.locked"
    ADMINISTRATOR_UNLOCKED = "administrator.unlocked"
    CREDENTIALS_CHANGED = "administrator.credentialsChanged"
    USER_VIEWED = "user.viewed"
    USER_LOCKED = "user.locked"
    USER_UNLOCKED = "user.unlocked"
    PATIENT_UNSUSPENDED = "patient.unsuspended"
    ORDER_REFUNDED_BY_HAND = "order.refundedByHand"
    IDENTITY_VIEWED = "identity.viewed"
    IDENTITY_APPROVED = "identity.approved"
    IDENTITY_REJECTED = "identity.rejected"
    HOSPITAL_CREATED = "hospital.created"
    HOSPITAL_CHANGED = "hospital.changed"
    HOSPITAL_LOCKED = "hospital.locked"
    HOSPITAL_UNLOCKED = "hospital.unlocked"
    HOSPITAL_REMOVED = "hospital.removed"
    HOSPITAL_KEY_ROTATED = "hospital.keyRotated"
    HOSPITAL_ONLINE = "hospital.online"
    HOSPITAL_OFFLINE = "hospital.offline"
    EXPORT_REQUESTED = "export.requested"
    IMPORT_REQUESTED = "import.requested"


@dataclass(frozen=True)
class Deed:
    """What an administrator does to a subject (the id of a user, a submission, an order, a hospital) and why; no personal data."""

    actor: str
    action: str  # an Action; old entries may name some that are no more
    subject: str
    reason: str = ""


@dataclass(frozen=True)
class Tip:
    """The place and hash of an entry, which the next one follows."""

    day: date
    sequence: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """A deed in its place of the chain: days of Shanghai, within each day 1, 2, 3 …"""

    day: date
    sequence: int
    at: datetime
    deed: Deed
    previous_hash: str
    hash: str

    @property
    def tip(self) -> Tip:
        return Tip(self.day, self.sequence, self.hash)


def entry_after(last: Tip | None, deed: Deed, now: datetime) -> Entry:
    """Return the entry that follows the last one; a clock that lags behind the last entry's day does not open an earlier day."""
    today = shanghai_date(now)
    day = max(today, last.day) if last else today
    sequence = last.sequence + 1 if last and last.day == day else 1
    previous = last.hash if last else BEGINNING
    return Entry(day, sequence, now, deed, previous, _hash(day, sequence, now, deed, previous))


def fault_of(entry: Entry, last: Tip | None) -> str:
    """Return what is wrong with an entry that should follow the last one, nothing if it does."""
    if entry.hash != _hash(entry.day, entry.sequence, entry.at, entry.deed, entry.previous_hash):
        return "its content does not fit its hash: it was changed"
    if entry.previous_hash != (last.hash if last else BEGINNING):
        return "it does not carry the hash of the entry before it: one was removed, added or changed"
    follows = last is not None and entry.day == last.day and entry.sequence == last.sequence + 1
    opens_a_day = entry.sequence == 1 and (last is None or entry.day > last.day)
    return "" if follows or opens_a_day else "its place does not follow the place before it"


def _hash(day: date, sequence: int, at: datetime, deed: Deed, previous_hash: str) -> str:
    content = [day.isoformat(), sequence, at.isoformat(), deed.actor, str(deed.action), deed.subject, deed.reason, previous_hash]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
