"""What the use cases need to know administrators, and to make and check what they prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guahao.domain.accounts import Login
from guahao.domain.administrators import Administrator, LockoutPolicy
from guahao.domain.audit_log import Deed


class AdministratorMoved(Exception):
    """The administrator's record was changed since it was read, or who acts is not an open owner any more."""


@dataclass(frozen=True)
class AdministratorPage:
    items: list[Administrator]
    next_cursor: str | None


class Administrators(Protocol):
    """The store of administrators.

    Each change is written with the deed's audit entry, both or none. Who changes somebody else must be an open owner at that moment, or be
    a command: of two owners who lock each other at once, one remains.
    """

    def get(self, username: str) -> Administrator | None: ...

    def find(self, limit: int, cursor: str | None) -> AdministratorPage:
        """Return a page of the administrators, by name."""
        ...

    def add(self, administrator: Administrator, deed: Deed, now: datetime) -> None:
        """Store a new administrator or raise AdministratorMoved if the name is taken."""
        ...

    def move(self, before: Administrator, after: Administrator, deed: Deed, now: datetime, login: Login | None = None) -> None:
        """Write the administrator over `before`, with the record of a login, and forget the attempts, or raise AdministratorMoved."""
        ...

    def claim_attempt(self, username: str, address: str, policy: LockoutPolicy, now: datetime) -> None:
        """Count an attempt for the name from the address, whether or not somebody has the name, or raise TooMany.

        Of many at once no more get through.
        """
        ...


class Passwords(Protocol):
    """Keeps passwords as hashes that are slow to guess back."""

    def hash(self, password: str) -> str: ...

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Tell whether this is the password; without a hash it is not, which takes as long to find out."""
        ...


class Totp(Protocol):
    """Codes of an authenticator app: six digits for each step of time (RFC 6238)."""

    def new_secret(self) -> str: ...

    def uri(self, secret: str, username: str) -> str:
        """Return the otpauth address that an app reads as a QR code."""
        ...

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        """Return the number of the step whose code this is, the present one or one beside it, or None."""
        ...
