"""The audit log: who did what, each entry chained to the one before it by a hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from guahao.domain.time import shanghai_date

# The first entry has this in place of a hash before it.
BEGINNING = "0" * 64


class Action(StrEnum):
    """The actions of administrators that are logged for good."""

    LOGGED_IN = "administrator.loggedIn"
    ADMINISTRATOR_CREATED = "administrator.created"
    ADMINISTRATOR_LOCKED = "administrator.locked"
    ADMINISTRATOR_UNLOCKED = "administrator.unlocked"
    CREDENTIALS_CHANGED = "administrator.credentialsChanged"
    USER_VIEWED = "user.viewed"
    USER_LOCKED = "user.locked"
    USER_UNLOCKED = "user.unlocked"
    PATIENT_BAN_LIFTED = "patient.banLifted"
    ORDERS_READ = "orders.read"
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
    EXPORT_DOWNLOADED = "export.downloaded"
    IMPORT_REQUESTED = "import.requested"


@dataclass(frozen=True)
class AuditEntry:
    """What an administrator did to a subject (the id of a user, submission, order or hospital) and why; it has no personal data."""

    actor: str
    action: str  # an Action; old entries may have actions that no longer exist
    subject: str
    reason: str = ""

    @property
    def is_of_an_identity(self) -> bool:
        """Whether somebody viewed an identity or decided on it."""
        return self.action.startswith("identity.")


@dataclass(frozen=True)
class ChainHead:
    """The place and hash of an entry that the next entry follows."""

    day: date
    sequence: int
    hash: str


@dataclass(frozen=True)
class SealedEntry:
    """An entry with its place in the chain: the day in Shanghai, and within the day 1, 2, 3 …"""

    day: date
    sequence: int
    at: datetime
    entry: AuditEntry
    previous_hash: str
    hash: str

    @property
    def tip(self) -> ChainHead:
        return ChainHead(self.day, self.sequence, self.hash)


def seal_after(last: ChainHead | None, entry: AuditEntry, now: datetime) -> SealedEntry:
    """Return the entry sealed after the last one; if the clock lags behind the last entry's day, that day is used."""
    today = shanghai_date(now)
    day = max(today, last.day) if last else today
    sequence = last.sequence + 1 if last and last.day == day else 1
    previous = last.hash if last else BEGINNING
    return SealedEntry(day, sequence, now, entry, previous, _hash(day, sequence, now, entry, previous))


def fault_of(sealed: SealedEntry, last: ChainHead | None) -> str:
    """Return what is wrong with an entry that should follow the last one, an empty text if nothing is."""
    if sealed.hash != _hash(sealed.day, sealed.sequence, sealed.at, sealed.entry, sealed.previous_hash):
        return "its content does not fit its hash: it was changed"
    if sealed.previous_hash != (last.hash if last else BEGINNING):
        return "it does not carry the hash of the entry before it: one was removed, added or changed"
    follows = last is not None and sealed.day == last.day and sealed.sequence == last.sequence + 1
    opens_a_day = sealed.sequence == 1 and (last is None or sealed.day > last.day)
    return "" if follows or opens_a_day else "its place does not follow the place before it"


def _hash(day: date, sequence: int, at: datetime, entry: AuditEntry, previous_hash: str) -> str:
    content = [day.isoformat(), sequence, at.isoformat(), entry.actor, str(entry.action), entry.subject, entry.reason, previous_hash]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
