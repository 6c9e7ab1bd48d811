"""Users, login codes and tokens in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guahao.domain.errors import TooMany, Unauthenticated
from guahao.domain.people.accounts import IssuedToken, Login, LoginCodeLimits, Principal, User
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
class _LivingCode:
    digest: str
    left: int
    ends_at: datetime


class FakeLoginCodes:
    def __init__(self) -> None:
        self._codes: dict[str, _LivingCode] = {}
        self._to: dict[str, list[datetime]] = {}
        self._from: dict[str, list[datetime]] = {}

    def issue(self, user_id: str, address: str, digest: str, limits: LoginCodeLimits, now: datetime) -> None:
        to, source = self._to.setdefault(user_id, []), self._from.setdefault(address, [])
        rules = [
            ("loginCodesPerMinute", to, limits.per_phone_minute, timedelta(minutes=1)),
            ("loginCodesPerDay", to, limits.per_phone_day, timedelta(days=1)),
            ("loginCodesPerAddressHour", source, limits.per_address_hour, timedelta(hours=1)),
        ]
        heals = [(times[-most] + window, rule) for rule, times, most, window in rules if len(times) >= most]
        broken = [(at, rule) for at, rule in heals if at > now]
        if broken:
            retry_at, rule = max(broken)
            raise TooMany("Too many login codes were asked for.", rule=rule, retry_at=retry_at)
        to.append(now)
        source.append(now)
        self._codes[user_id] = _LivingCode(digest, limits.attempts, now + timedelta(seconds=limits.lifetime_seconds))

    def check(self, user_id: str, digest: str, now: datetime) -> bool:
        code = self._codes.get(user_id)
        if code is None:
            return False
        code.left -= 1
        right = code.digest == digest and now < code.ends_at
        if right or code.left <= 0:
            del self._codes[user_id]
        return right

    def withdraw(self, user_id: str) -> None:
        self._codes.pop(user_id, None)


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
