"""What the use cases need to know users and give them sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.people.accounts import User
from guahao.domain.people.sessions import IssuedToken, Login, Principal


class Accounts(Protocol):
    """The store of users."""

    def get(self, user_id: str) -> User | None: ...

    def register(self, user: User) -> User:
        """Store the user if the id is free, and return the user who has the id: of two at once, both get the first."""
        ...

    def change(self, before: User, after: User) -> None:
        """Write the user over `before`, or raise VersionConflict."""
        ...


class Logins(Protocol):
    """The logins of users or of administrators; a session is live while its login exists and has not ended."""

    def open(self, login: Login) -> None:
        """Store a new login; repeating this changes nothing."""
        ...

    def end(self, owner: str, token_id: str, now: datetime) -> None:
        """End the session; for an ended or unknown session this changes nothing."""
        ...

    def latest(self, owner: str, limit: int) -> list[Login]:
        """Return the owner's latest logins, newest first."""
        ...


class Tokens(Protocol):
    """Session tokens: whoever has one acts as its owner."""

    def issue(self, user_id: str, role: str, now: datetime) -> IssuedToken:
        """Return a new token; the ids of an owner's tokens sort by the time of issue."""
        ...

    def read(self, token: str, now: datetime) -> Principal:
        """Return the principal of the token, or raise Unauthenticated if it is not ours, was changed or has ended."""
        ...
