"""What the use cases need to know users, send them codes and give them sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.accounts import LoginCodeLimits, Principal, User


class Accounts(Protocol):
    """The store of users."""

    def get(self, user_id: str) -> User | None: ...

    def register(self, user: User) -> User:
        """Store the user if the id is free and return who holds the id now: of two at once, both get the first."""
        ...


class LoginCodes(Protocol):
    """The short memory of login codes: one code for each account, known by its digest only.

    A memory that does not answer raises `Unavailable`.
    """

    def issue(self, user_id: str, address: str, digest: str, limits: LoginCodeLimits, now: datetime) -> None:
        """Replace the account's code, or raise TooMany with the limit that heals last and leave everything as it was."""
        ...

    def check(self, user_id: str, digest: str, now: datetime) -> bool:
        """Tell whether this is the account's living code. A right guess uses it up; wrong ones kill it at the limit."""
        ...

    def withdraw(self, user_id: str) -> None:
        """Kill the account's code; what was counted against the limits stays counted."""
        ...


class Tokens(Protocol):
    """Session tokens: whoever holds one is its user."""

    def issue(self, user_id: str, role: str, now: datetime) -> tuple[str, datetime]:
        """Return a new token and the time at which it ends."""
        ...

    def read(self, token: str, now: datetime) -> Principal:
        """Return who the token speaks for, or raise Unauthenticated if it is not ours, changed or over."""
        ...
