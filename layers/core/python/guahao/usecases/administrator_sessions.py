"""Sessions of administrators: a password, a code of an authenticator app, and few attempts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from guahao.domain.accounts import Login
from guahao.domain.administrators import Administrator, LockoutPolicy, require_password, require_username
from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import Unauthenticated, WrongCredentials
from guahao.ports.accounts import Logins, Tokens
from guahao.ports.administrators import AdministratorMoved, Administrators, Passwords, Totp
from guahao.ports.clock import Clock
from guahao.ports.vault import Vault


@dataclass(frozen=True)
class AdministratorSession:
    """A login: the bearer's token, when it ends, and whose it is."""

    token: str = field(repr=False)
    expires_at: datetime
    administrator: Administrator


@dataclass(frozen=True)
class AdministratorDesk:
    """Opens and ends administrators' sessions and looks after their own account."""

    administrators: Administrators
    logins: Logins
    passwords: Passwords
    totp: Totp
    vault: Vault
    tokens: Tokens
    clock: Clock
    policy: LockoutPolicy

    def log_in(self, username: str, password: str, code: str, source_address: str) -> AdministratorSession:
        """Open a session, or raise WrongCredentials, TooMany or, to whoever has proven to be the administrator, AccountLocked."""
        now = self.clock()
        before, after = self._prove(username, password, code, source_address, now)
        issued = self.tokens.issue(username, after.role.value, now)
        login = Login(username, issued.token_id, now, source_address, issued.expires_at)
        self._move(before, after, Deed(username, Action.LOGGED_IN, username), now, login)
        return AdministratorSession(issued.token, issued.expires_at, after)

    def log_out(self, username: str, token_id: str) -> None:
        """End the session of the token; one that has ended stays as it is."""
        self.logins.end(username, token_id, self.clock())

    def profile(self, username: str) -> Administrator:
        """Return the session's administrator, or raise Unauthenticated if there is none any more, AccountLocked if locked."""
        administrator = self.administrators.get(username)
        if administrator is None:
            raise Unauthenticated("This account does not exist any more. Log in again.")
        administrator.require_open()
        return administrator

    def change_password(self, username: str, password: str, code: str, new_password: str, source_address: str) -> None:
        """Replace the own password, proven by the old one and a code, and end every session, or raise as `log_in` does."""
        require_password(new_password, "newPassword")
        before, proven = self._prove(username, password, code, source_address, self.clock())
        # Later than the login of any session that was opened before the account was read.
        now = self.clock()
        after = replace(proven, password_hash=self.passwords.hash(new_password), sessions_since=now)
        self._move(before, after, Deed(username, Action.CREDENTIALS_CHANGED, username), now)

    def _prove(self, username: str, password: str, code: str, address: str, now: datetime) -> tuple[Administrator, Administrator]:
        """Return the administrator before and with the code used up; what was wrong is told neither in words nor by the time it takes."""
        self.administrators.claim_attempt(require_username(username), address, self.policy, now)
        before = self.administrators.get(username)
        secret = self.vault.open(before.sealed_totp_secret) if before else self.vault.seal(username)
        fits = self.passwords.fits(before.password_hash if before else None, password)
        after = before.use_code(self.totp.step_of(secret, code, now)) if before and fits else None
        if before is None or after is None:
            raise _wrong_credentials()
        before.require_open()
        return before, after

    def _move(self, before: Administrator, after: Administrator, deed: Deed, now: datetime, login: Login | None = None) -> None:
        try:
            self.administrators.move(before, after, deed, now, login)
        except AdministratorMoved as moved:  # the same code was used at the same moment, or an owner was faster
            raise _wrong_credentials() from moved


def _wrong_credentials() -> WrongCredentials:
    return WrongCredentials("Check name and password and type a code that was not used before. After a few attempts the name must wait.")
