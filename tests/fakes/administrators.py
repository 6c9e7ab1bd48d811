"""Administrators, their passwords and their codes in memory, beside the fake audit log and the fake records of logins."""

from __future__ import annotations

import hashlib
from datetime import datetime
from threading import Lock

from guahao.domain.administration.administrators import COMMAND, Administrator, Attempts, LockoutPolicy, Role, next_attempt
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.people.sessions import Login
from guahao.domain.versions import VersionConflict
from guahao.ports.pages import Page
from tests.fakes.accounts import FakeLogins
from tests.fakes.audit_log import FakeAuditLog


class FakeAdministrators:
    def __init__(self, log: FakeAuditLog, logins: FakeLogins) -> None:
        self.administrators: dict[str, Administrator] = {}
        self.attempts: dict[str, dict[str, Attempts]] = {}
        self._log, self._logins = log, logins
        self._lock = Lock()

    def get(self, username: str) -> Administrator | None:
        return self.administrators.get(username)

    def find(self, limit: int, cursor: str | None) -> Page[Administrator]:
        names = sorted(name for name in self.administrators if cursor is None or name > cursor)
        items = [self.administrators[name] for name in names[:limit]]
        return Page(items, names[limit - 1] if len(names) > limit else None)

    def add(self, administrator: Administrator, entry: AuditEntry, now: datetime) -> None:
        with self._lock:
            if administrator.username in self.administrators or not self._may_act(entry.actor):
                raise VersionConflict
            self.administrators[administrator.username] = administrator
            self._log.append(entry, now)

    def move(self, before: Administrator, after: Administrator, entry: AuditEntry, now: datetime, login: Login | None = None) -> None:
        with self._lock:
            stored = self.administrators.get(before.username)
            may_act = entry.actor == before.username or self._may_act(entry.actor)
            if stored is None or stored.version != before.version or not may_act:
                raise VersionConflict
            self.administrators[after.username] = after
            self.attempts.pop(after.username, None)
            if login:
                self._logins.open(login)
            self._log.append(entry, now)

    def claim_attempt(self, username: str, address: str, policy: LockoutPolicy, now: datetime) -> None:
        with self._lock:
            self.attempts[username] = next_attempt(self.attempts.get(username, {}), address, policy, now)

    def _may_act(self, actor: str) -> bool:
        acting = self.administrators.get(actor)
        return actor == COMMAND or (acting is not None and acting.role is Role.OWNER and not acting.locked)


class FakePasswords:
    """Hashes that are quick to make; `work` counts what would be slow."""

    def __init__(self) -> None:
        self.work = 0

    def hash(self, password: str) -> str:
        self.work += 1
        return hashlib.sha256(password.encode()).hexdigest()

    def fits(self, password_hash: str | None, password: str) -> bool:
        self.work += 1
        return password_hash == hashlib.sha256(password.encode()).hexdigest()


class FakeTotp:
    """Codes that are the number of their step, behind a secret that is another one each time."""

    def __init__(self) -> None:
        self._secrets = 0

    def new_secret(self) -> str:
        self._secrets += 1
        return f"{self._secrets}"

    def uri(self, secret: str, username: str) -> str:
        return f"otpauth://totp/{username}?secret={secret}"

    def code(self, secret: str, now: datetime, steps_later: int = 0) -> str:
        return f"{(int(now.timestamp()) // 30 + steps_later + int(secret) * 1000) % 1_000_000:06}"

    def step_of(self, secret: str, code: str, now: datetime) -> int | None:
        present = int(now.timestamp()) // 30
        return next((present + later for later in (-1, 0, 1) if self.code(secret, now, later) == code), None)
