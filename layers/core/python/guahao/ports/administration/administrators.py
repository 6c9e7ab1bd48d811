"""Administrators, their passwords and their authenticator codes, as the use cases need them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.administration.administrators import Administrator, LockoutPolicy
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.people.sessions import Login
from guahao.ports.pages import Page


class Administrators(Protocol):
    """The store of administrators.

    Each change is written together with its audit entry, or not at all. Whoever changes another administrator must be an unlocked owner at
    that moment, or a command: of two owners who lock each other at once, one stays unlocked.
    """

    def get(self, username: str) -> Administrator | None: ...

    def find(self, limit: int, cursor: str | None) -> Page[Administrator]:
        """Return a page of the administrators in the order of their names."""
        ...

    def add(self, administrator: Administrator, entry: AuditEntry, now: datetime) -> None:
        """Store a new administrator, or raise VersionConflict if the name is taken."""
        ...

    def move(self, before: Administrator, after: Administrator, entry: AuditEntry, now: datetime, login: Login | None = None) -> None:
        """Write the administrator over `before`, add the login if given and delete the attempts, or raise VersionConflict."""
        ...

    def claim_attempt(self, username: str, address: str, policy: LockoutPolicy, now: datetime) -> None:
        """Count an attempt to log in under the name from the address, or raise TooMany; the name need not exist.

        Attempts at the same moment cannot exceed the limit either.
        """
        ...


class Passwords(Protocol):
    """Hashes passwords slowly, so that they are hard to guess."""

    def hash(self, password: str) -> str: ...

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Tell whether this is the password; without a hash return False, which takes as long."""
        ...


class Totp(Protocol):
    """Codes of an authenticator app (RFC 6238): six digits for each time step."""

    def new_secret(self) -> str: ...

    def uri(self, secret: str, username: str) -> str:
        """Return the otpauth address that an app reads from a QR code."""
        ...

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the time step whose code this is, or None; only the present step and the two beside it count."""
        ...
