"""Administration: owners create, lock, unlock and reset administrators."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from guahao.domain.administration.administrators import Administrator, Role, is_username, require_username
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import AdministratorConflict, NotFound
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.administrators import Administrators, Passwords, Totp
from guahao.ports.clock import Clock
from guahao.ports.pages import Page
from guahao.ports.vault import Vault

if TYPE_CHECKING:
    from guahao.contracts.queries import AdministratorQuery


def draw_password() -> str:
    """Return 24 random characters."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Credentials:
    """The credentials of an administrator in plain text, shown once and stored nowhere."""

    administrator: Administrator
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


@dataclass(frozen=True)
class Administration:
    """Manages administrators for owners, named as `actor`. Nobody can change themselves, so the last unlocked owner stays unlocked."""

    administrators: Administrators
    passwords: Passwords
    totp: Totp
    vault: Vault
    clock: Clock
    draw_password: Callable[[], str] = draw_password

    def find(self, query: AdministratorQuery) -> Page[Administrator]:
        """Return a page of the administrators in the order of their names."""
        return self.administrators.find(query.limit, query.cursor)

    def create(self, actor: str, username: str, role: str) -> Credentials:
        """Create an administrator and return the credentials, or raise Invalid or AdministratorConflict."""
        now, password, secret = self.clock(), self.draw_password(), self.totp.new_secret()
        sealed = self.vault.seal(secret)
        administrator = Administrator(require_username(username), Role(role), self.passwords.hash(password), sealed, now)
        if self.administrators.get(username):
            raise AdministratorConflict("An administrator has this name already. Choose another.", rule="usernameFree")
        with _unmoved():
            self.administrators.add(administrator, AuditEntry(actor, Action.ADMINISTRATOR_CREATED, username, role), now)
        return self._shown(administrator, password, secret)

    def lock(self, actor: str, username: str, reason: str) -> Administrator:
        """Keep the administrator out from the next request on, or raise NotFound, LockStateConflict or AdministratorConflict."""
        before = self._other(actor, username)
        return self._move(before, before.lock(reason), AuditEntry(actor, Action.ADMINISTRATOR_LOCKED, username, reason))

    def unlock(self, actor: str, username: str, reason: str) -> Administrator:
        """Unlock the administrator, or raise NotFound, LockStateConflict or AdministratorConflict."""
        before = self._other(actor, username)
        return self._move(before, before.unlock(self.clock()), AuditEntry(actor, Action.ADMINISTRATOR_UNLOCKED, username, reason))

    def reset_credentials(self, actor: str, username: str) -> Credentials:
        """Replace password and secret, end every session and return the new credentials, or raise NotFound or AdministratorConflict."""
        before, password, secret = self._other(actor, username), self.draw_password(), self.totp.new_secret()
        after = before.with_credentials(self.passwords.hash(password), self.vault.seal(secret), self.clock())
        self._move(before, after, AuditEntry(actor, Action.CREDENTIALS_CHANGED, username))
        return self._shown(after, password, secret)

    def _other(self, actor: str, username: str) -> Administrator:
        if actor == username:
            raise AdministratorConflict("You cannot do this to yourself. Ask another owner.", rule="notYourself")
        found = self.administrators.get(username) if is_username(username) else None
        if found is None:
            raise NotFound("There is no such administrator. Look the name up in the list.")
        return found

    def _move(self, before: Administrator, after: Administrator, entry: AuditEntry) -> Administrator:
        with _unmoved():
            self.administrators.move(before, after, entry, self.clock())
        return after

    def _shown(self, administrator: Administrator, password: str, secret: str) -> Credentials:
        return Credentials(administrator, password, secret, self.totp.uri(secret, administrator.username))


@contextmanager
def _unmoved() -> Iterator[None]:
    try:
        yield
    except VersionConflict as moved:
        detail = "Somebody changed this administrator, or locked you, at the same moment. Load the list again."
        raise AdministratorConflict(detail, rule="unmoved") from moved
