"""Administrators: who runs the platform, and what they prove before they may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from guahao.domain.errors import AccountLocked, Invalid, LockStateConflict, TooMany

# Who acts where the audit log names no administrator: a command, run with the account's own credentials.
COMMAND = "command"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128
_USERNAME = re.compile(r"[a-z0-9._-]{3,32}")


class Role(StrEnum):
    """What an administrator looks after; an owner may do all that others may."""

    OPERATOR = "operator"
    AUDITOR = "auditor"
    OWNER = "owner"


@dataclass(frozen=True)
class Administrator:
    """An account. `last_totp_step` is the latest step of time whose code was used; `version` counts the writes.

    Sessions from before `sessions_since` are over.
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
        """Pass an unlocked administrator or raise AccountLocked."""
        if self.locked:
            raise AccountLocked("This account is locked. Ask an owner of the platform for the reason.", rule="accountOpen")

    def lock(self, reason: str) -> Administrator:
        """Return the administrator as locked or raise LockStateConflict."""
        if self.locked:
            raise LockStateConflict("This administrator is locked already. To lock for another reason, unlock first.", rule="accountOpen")
        return replace(self, locked=True, lock_reason=reason, version=self.version + 1)

    def unlock(self, now: datetime) -> Administrator:
        """Return the administrator as open, with every session over, or raise LockStateConflict."""
        if not self.locked:
            raise LockStateConflict("This administrator is not locked. Look at the list again.", rule="accountLocked")
        return replace(self, locked=False, lock_reason="", sessions_since=now, version=self.version + 1)

    def with_credentials(self, password_hash: str, sealed_totp_secret: str, now: datetime) -> Administrator:
        """Return the administrator with a new password, a new secret, none of whose codes was used, and every session over."""
        fresh = replace(self, password_hash=password_hash, sealed_totp_secret=sealed_totp_secret, last_totp_step=0, sessions_since=now)
        return replace(fresh, version=self.version + 1)

    def use_code(self, step: int | None) -> Administrator | None:
        """Return the administrator with the code of this step used up, None if that is no code or the step is past."""
        if step is None or step <= self.last_totp_step:
            return None
        return replace(self, last_totp_step=step, version=self.version + 1)


@dataclass(frozen=True)
class LockoutPolicy:
    """How many wrong proofs a name may give from one address and from all together, and how long it then must wait.

    From all together it may give more, so that a stranger elsewhere does not keep out whoever has the name.
    """

    attempts: int = 5
    attempts_everywhere: int = 50
    seconds: int = 900


@dataclass(frozen=True)
class Attempts:
    """How often a name was tried from an address since it was last proven; forgotten at `until`, a whole second."""

    count: int
    until: datetime


def next_attempt(before: Mapping[str, Attempts], address: str, policy: LockoutPolicy, now: datetime) -> dict[str, Attempts]:
    """Return a name's attempts by address with one more, or raise TooMany with the time at which enough of them are forgotten."""
    living = {tried_from: attempts for tried_from, attempts in before.items() if now < attempts.until}
    here = living.get(address)
    if here and here.count >= policy.attempts:
        raise _too_many(here.until)
    if sum(attempts.count for attempts in living.values()) >= policy.attempts_everywhere:
        raise _too_many(min(attempts.until for attempts in living.values()))
    until = (now + timedelta(seconds=policy.seconds)).replace(microsecond=0)
    return {**living, address: Attempts(here.count + 1 if here else 1, until)}


def is_username(text: str) -> bool:
    """Tell whether an administrator can be called so."""
    return bool(_USERNAME.fullmatch(text)) and text != COMMAND


def require_username(username: str) -> str:
    """Return the name if an administrator can have it or raise Invalid."""
    if not is_username(username):
        reason = f"3 to 32 of a-z, 0-9, `.`, `_` and `-`, and not `{COMMAND}`"
        raise Invalid("An administrator cannot be called so.", [{"field": "username", "reason": reason}])
    return username


def require_password(password: str, field: str) -> str:
    """Return a password that a person chose if it is long enough or raise Invalid."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        reason = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise Invalid("This password does not do.", [{"field": field, "reason": reason}])
    return password


def _too_many(until: datetime) -> TooMany:
    return TooMany("This name was tried too often. Wait until `retryAt`.", rule="loginAttempts", retry_at=until)
