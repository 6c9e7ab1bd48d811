"""What the use cases need to know users, send them codes and give them sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.accounts import IssuedToken, Login, LoginCodeLimits, Principal, User


class UserMoved(Exception):
    """The user's record was changed since it was read."""


class Accounts(Protocol):
    """The store of users."""

    def get(self, user_id: str) -> User | None: ...

    def register(self, user: User) -> User:
        """Store the user if the id is free and return who holds the id now: of two at once, both get the first."""
        ...

    def change(self, before: User, after: User) -> None:
        """Write the user over `before`, or raise UserMoved."""
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


class Logins(Protocol):
    """The records of logins, users' or administrators'; a session lives while its record is there and not ended."""

    def open(self, login: Login) -> None:
        """Keep the record of a new login; again changes nothing."""
        ...

    def end(self, owner: str, token_id: str, now: datetime) -> None:
        """Note that the session is over; again, or for a session that is not there, changes nothing."""
        ...

    def latest(self, owner: str, limit: int) -> list[Login]:
        """Return the owner's latest logins, newest first."""
        ...


class Tokens(Protocol):
    """Session tokens: whoever holds one is its user."""

    def issue(self, user_id: str, role: str, now: datetime) -> IssuedToken:
        """Return a new token; the ids of an owner's tokens sort by the time of their issue."""
        ...

    def read(self, token: str, now: datetime) -> Principal:
        """Return who the token speaks for, or raise Unauthenticated if it is not ours, changed or over."""
        ...
