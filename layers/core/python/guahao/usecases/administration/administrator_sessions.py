"""Administrators' sessions, opened with a password and a code of an authenticator app, and with few attempts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from guahao.domain.administration.administrators import Administrator, LockoutPolicy, require_password, require_username
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import Unauthenticated, WrongCredentials
from guahao.domain.people.sessions import Login
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.administrators import Administrators, Passwords, Totp
from guahao.ports.clock import Clock
from guahao.ports.people.accounts import Logins, Tokens
from guahao.ports.vault import Vault


@dataclass(frozen=True)
class AdministratorSession:
    """A new session: its token, its end and its administrator."""

    token: str = field(repr=False)
    expires_at: datetime
    administrator: Administrator


@dataclass(frozen=True)
class AdministratorSessionService:
    """Opens and ends administrators' sessions and changes their own password."""

    administrators: Administrators
    logins: Logins
    passwords: Passwords
    totp: Totp
    vault: Vault
    tokens: Tokens
    clock: Clock
    policy: LockoutPolicy

    def log_in(self, username: str, password: str, code: str, source_address: str) -> AdministratorSession:
        """Open a session, or raise WrongCredentials, TooMany or, after right credentials, AccountLocked."""
        now = self.clock()
        before, after = self._prove(username, password, code, source_address, now)
        issued = self.tokens.issue(username, after.role.value, now)
        login = Login(username, issued.token_id, now, source_address, issued.expires_at)
        self._move(before, after, AuditEntry(username, Action.LOGGED_IN, username), now, login)
        return AdministratorSession(issued.token, issued.expires_at, after)

    def log_out(self, username: str, token_id: str) -> None:
        """End the session of the token; an ended session stays ended."""
        self.logins.end(username, token_id, self.clock())

    def profile(self, username: str) -> Administrator:
        """Return the session's administrator, or raise Unauthenticated if there is none any more and AccountLocked if locked."""
        administrator = self.administrators.get(username)
        if administrator is None:
            raise Unauthenticated("This account does not exist any more. Log in again.")
        administrator.require_open()
        return administrator

    def change_password(self, username: str, password: str, code: str, new_password: str, source_address: str) -> None:
        """Replace the administrator's own password, proven by the old one and a code, and end every session; raise like `log_in`."""
        require_password(new_password, "newPassword")
        before, proven = self._prove(username, password, code, source_address, self.clock())
        # Later than the login of every session that was opened before the account was read.
        now = self.clock()
        after = replace(proven, password_hash=self.passwords.hash(new_password), sessions_since=now)
        self._move(before, after, AuditEntry(username, Action.CREDENTIALS_CHANGED, username), now)

    def _prove(self, username: str, password: str, code: str, address: str, now: datetime) -> tuple[Administrator, Administrator]:
        """Return the administrator before and after using up the code; neither the error nor its time reveals what was wrong."""
        self.administrators.claim_attempt(require_username(username), address, self.policy, now)
        before = self.administrators.get(username)
        secret = self.vault.open(before.sealed_totp_secret) if before else self.vault.seal(username)
        fits = self.passwords.fits(before.password_hash if before else None, password)
        after = before.use_code(self.totp.step_of(secret, code, now)) if before and fits else None
        if before is None or after is None:
            raise _wrong_credentials()
        before.require_open()
        return before, after

    def _move(self, before: Administrator, after: Administrator, entry: AuditEntry, now: datetime, login: Login | None = None) -> None:
        try:
            self.administrators.move(before, after, entry, now, login)
        except VersionConflict as moved:  # the same code was used at the same moment, or an owner changed the account
            raise _wrong_credentials() from moved


def _wrong_credentials() -> WrongCredentials:
    return WrongCredentials("Check name and password and type a code that was not used before. After a few attempts you must wait.")
