"""Sessions: a login that lives, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guahao.domain.people.accounts import User


@dataclass(frozen=True)
class Principal:
    """The owner of a session token, and until when; `token_id` names the token itself."""

    user_id: str
    role: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class IssuedToken:
    """A new session token, its id and its end."""

    token: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Login:
    """The record of one login: its owner, its address, and when its session ended or will end."""

    owner: str
    token_id: str
    at: datetime
    address: str
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """A new session: its token, its end and its user."""

    token: str
    expires_at: datetime
    user: User


def is_live(logged_in_at: datetime, ended_at: datetime | None, owner_locked: bool, sessions_since: datetime | None) -> bool:
    """Tell whether the session of a login still lives; all that its owner began before `sessions_since` have ended."""
    if ended_at or owner_locked:
        return False
    return sessions_since is None or logged_in_at >= sessions_since
