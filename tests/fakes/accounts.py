"""Users and tokens in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guahao.domain.errors import Unauthenticated
from guahao.domain.people.accounts import User
from guahao.domain.people.sessions import IssuedToken, Login, Principal
from guahao.domain.versions import VersionConflict


@dataclass
class FakeAccounts:
    users: dict[str, User] = field(default_factory=dict)

    def get(self, user_id: str) -> User | None:
        return self.users.get(user_id)

    def register(self, user: User) -> User:
        return self.users.setdefault(user.user_id, user)

    def change(self, before: User, after: User) -> None:
        if self.users.get(before.user_id) != before:
            raise VersionConflict
        self.users[after.user_id] = after


@dataclass
class FakeLogins:
    records: dict[tuple[str, str], Login] = field(default_factory=dict)

    def open(self, login: Login) -> None:
        self.records.setdefault((login.owner, login.token_id), login)

    def end(self, owner: str, token_id: str, now: datetime) -> None:
        login = self.records.get((owner, token_id))
        if login and not login.ended_at:
            self.records[owner, token_id] = replace(login, ended_at=now)

    def latest(self, owner: str, limit: int) -> list[Login]:
        own = [login for login in self.records.values() if login.owner == owner]
        return sorted(own, key=lambda login: login.token_id, reverse=True)[:limit]


class FakeTokens:
    def __init__(self) -> None:
        self._issued: dict[str, Principal] = {}

    def issue(self, user_id: str, role: str, now: datetime) -> IssuedToken:
        token = f"token-{len(self._issued):03}"
        self._issued[token] = Principal(user_id, role, token, now + timedelta(hours=2))
        return IssuedToken(token, token, self._issued[token].expires_at)

    def read(self, token: str, now: datetime) -> Principal:
        principal = self._issued.get(token)
        if principal is None or now >= principal.expires_at:
            raise Unauthenticated("Log in again.")
        return principal
