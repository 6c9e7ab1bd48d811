"""Administrators: owners look after each other and the rest."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from guahao.domain.administrators import Administrator, Role, is_username, require_username
from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import AdministratorConflict, NotFound
from guahao.ports.administrators import AdministratorMoved, AdministratorPage, Administrators, Passwords, Totp
from guahao.ports.clock import Clock
from guahao.ports.vault import Vault


def draw_password() -> str:
    """Return 24 characters that nobody can foresee."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Credentials:
    """What an administrator logs in with, in plain text: shown once and kept nowhere."""

    administrator: Administrator
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


@dataclass(frozen=True)
class Administration:
    """What owners, named as `actor`, do with administrators. Nobody acts on themselves here, so the last open owner stays open."""

    administrators: Administrators
    passwords: Passwords
    totp: Totp
    vault: Vault
    clock: Clock
    draw_password: Callable[[], str] = draw_password

    def find(self, limit: int, cursor: str | None) -> AdministratorPage:
        """Return a page of the administrators, by name."""
        return self.administrators.find(limit, cursor)

    def create(self, actor: str, username: str, role: str) -> Credentials:
        """Make a new administrator and return the credentials, or raise Invalid or AdministratorConflict."""
        now, password, secret = self.clock(), self.draw_password(), self.totp.new_secret()
        sealed = self.vault.seal(secret)
        administrator = Administrator(require_username(username), Role(role), self.passwords.hash(password), sealed, now)
        if self.administrators.get(username):
            raise AdministratorConflict("An administrator has this name already. Choose another.", rule="usernameFree")
        with _unmoved():
            self.administrators.add(administrator, Deed(actor, Action.ADMINISTRATOR_CREATED, username, role), now)
        return self._shown(administrator, password, secret)

    def lock(self, actor: str, username: str, reason: str) -> Administrator:
        """Keep the administrator out from within a minute, or raise NotFound, LockStateConflict or AdministratorConflict."""
        before = self._other(actor, username)
        return self._move(before, before.lock(reason), Deed(actor, Action.ADMINISTRATOR_LOCKED, username, reason))

    def unlock(self, actor: str, username: str, reason: str) -> Administrator:
        """Let the administrator log in again, or raise NotFound, LockStateConflict or AdministratorConflict."""
        before = self._other(actor, username)
        return self._move(before, before.unlock(self.clock()), Deed(actor, Action.ADMINISTRATOR_UNLOCKED, username, reason))

    def reset_credentials(self, actor: str, username: str) -> Credentials:
        """Replace password and secret, end every session and return the new ones, or raise NotFound or AdministratorConflict."""
        before, password, secret = self._other(actor, username), self.draw_password(), self.totp.new_secret()
        after = before.with_credentials(self.passwords.hash(password), self.vault.seal(secret), self.clock())
        self._move(before, after, Deed(actor, Action.CREDENTIALS_CHANGED, username))
        return self._shown(after, password, secret)

    def _other(self, actor: str, username: str) -> Administrator:
        if actor == username:
            raise AdministratorConflict("Nobody does this to themselves. Ask another owner.", rule="notYourself")
        found = self.administrators.get(username) if is_username(username) else None
        if found is None:
            raise NotFound("There is no such administrator. Look the name up in the list.")
        return found

    def _move(self, before: Administrator, after: Administrator, deed: Deed) -> Administrator:
        with _unmoved():
            self.administrators.move(before, after, deed, self.clock())
        return after

    def _shown(self, administrator: Administrator, password: str, secret: str) -> Credentials:
        return Credentials(administrator, password, secret, self.totp.uri(secret, administrator.username))


@contextmanager
def _unmoved() -> Iterator[None]:
    try:
        yield
    except AdministratorMoved as moved:
        detail = "Somebody changed this administrator, or locked you, at the same moment. Look at the list again."
        raise AdministratorConflict(detail, rule="unmoved") from moved
