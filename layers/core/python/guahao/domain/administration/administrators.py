"""Administrators: who runs the platform, and how they prove who they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from guahao.domain.errors import AccountLocked, Invalid, LockStateConflict, TooMany

# The actor of audit entries by a command, which runs with the credentials of the AWS account.
COMMAND = "command"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
_USERNAME = re.compile(r"[a-z0-9._-]{3,32}")


class Role(StrEnum):
    """What an administrator looks after; an owner may do all that the others may."""

    OPERATOR = "operator"
    AUDITOR = "auditor"
    OWNER = "owner"


@dataclass(frozen=True)
class Administrator:
    """An administrator's account. `last_totp_step` is the latest time step whose code was used; `version` counts the writes.

    Sessions that began before `sessions_since` have ended.
    """

    username: str
    role: Role
    password_hash: str
    sealed_totp_secret: str
    created_at: datetime
    locked: bool = False
    lock_reason: str = ""
    last_totp_step: int = 0
    sessions_since: datetime | None = None
    version: int = 0

    def require_open(self) -> None:
        """Do nothing for an unlocked administrator, else raise AccountLocked."""
        if self.locked:
            raise AccountLocked("This account is locked. Ask an owner of the platform for the reason.", rule="accountOpen")

    def lock(self, reason: str) -> Administrator:
        """Return the administrator locked, or raise LockStateConflict."""
        if self.locked:
            raise LockStateConflict("This administrator is locked already. To lock for another reason, unlock first.", rule="accountOpen")
        return replace(self, locked=True, lock_reason=reason, version=self.version + 1)

    def unlock(self, now: datetime) -> Administrator:
        """Return the administrator unlocked and with every session ended, or raise LockStateConflict."""
        if not self.locked:
            raise LockStateConflict("This administrator is not locked. Load the list again.", rule="accountLocked")
        return replace(self, locked=False, lock_reason="", sessions_since=now, version=self.version + 1)

    def with_credentials(self, password_hash: str, sealed_totp_secret: str, now: datetime) -> Administrator:
        """Return the administrator with a new password, a new secret whose codes are all unused, and every session ended."""
        fresh = replace(self, password_hash=password_hash, sealed_totp_secret=sealed_totp_secret, last_totp_step=0, sessions_since=now)
        return replace(fresh, version=self.version + 1)

    def use_code(self, step: int | None) -> Administrator | None:
        """Return the administrator with the code of this step used up, None if there is no step or it is past."""
        if step is None or step <= self.last_totp_step:
            return None
        return replace(self, last_totp_step=step, version=self.version + 1)


@dataclass(frozen=True)
class LockoutPolicy:
    """How many failed attempts a name may have from one address and from all, and how long it is then locked out.

    The limit for all addresses is higher, so that a stranger elsewhere cannot easily keep the administrator out.
    """

    attempts: int = 5
    attempts_everywhere: int = 50
    seconds: int = 900


@dataclass(frozen=True)
class Attempts:
    """The attempts under a name from an address since its last login; forgotten at `until`, a whole second."""

    count: int
    until: datetime


def next_attempt(before: Mapping[str, Attempts], address: str, policy: LockoutPolicy, now: datetime) -> dict[str, Attempts]:
    """Return the name's attempts by address with one more, or raise TooMany with the time at which enough of them are forgotten."""
    living = {tried_from: attempts for tried_from, attempts in before.items() if now < attempts.until}
    here = living.get(address)
    if here and here.count >= policy.attempts:
        raise _too_many(here.until)
    if sum(attempts.count for attempts in living.values()) >= policy.attempts_everywhere:
        raise _too_many(min(attempts.until for attempts in living.values()))
    until = (now + timedelta(seconds=policy.seconds)).replace(microsecond=0)
    return {**living, address: Attempts(here.count + 1 if here else 1, until)}


def is_username(text: str) -> bool:
    """Tell whether an administrator can have this name."""
    return bool(_USERNAME.fullmatch(text)) and text != COMMAND


def require_username(username: str) -> str:
    """Return the name if an administrator can have it, or raise Invalid."""
    if not is_username(username):
        reason = f"3 to 32 of a-z, 0-9, `.`, `_` and `-`, and not `{COMMAND}`"
        raise Invalid("An administrator cannot have this name.", [{"field": "username", "reason": reason}])
    return username


def require_password(password: str, field: str) -> str:
    """Return the password if it is long enough, or raise Invalid."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        reason = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Invalid("This password is not long enough.", [{"field": field, "reason": reason}])
    return password


def _too_many(until: datetime) -> TooMany:
    return TooMany("This name was tried too often. Wait until `retryAt`.", rule="loginAttempts", retry_at=until)
