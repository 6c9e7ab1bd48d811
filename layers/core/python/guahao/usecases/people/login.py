"""Users' login: login codes, sessions and the user's own account."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.domain.errors import Unauthenticated, Unavailable, WrongLoginCode
from guahao.domain.notices.wording import Template, Text
from guahao.domain.people.accounts import (
    USER_ROLE,
    Language,
    Login,
    LoginCodeLimits,
    Session,
    User,
    login_code_digest,
    mask_phone,
    require_mobile,
    user_id_of,
)
from guahao.domain.versions import retry
from guahao.ports.clock import Clock
from guahao.ports.notices.notices import Sms
from guahao.ports.people.accounts import Accounts, LoginCodes, Logins, Tokens
from guahao.ports.vault import Vault

_LOGINS_SHOWN = 20


def draw_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(1_000_000):06}"


@dataclass(frozen=True)
class LoginCodeService:
    """Sends login codes. It never checks whether a phone is registered, so its answers cannot reveal that."""

    codes: LoginCodes
    sms: Sms
    vault: Vault
    clock: Clock
    limits: LoginCodeLimits
    draw: Callable[[], str] = draw_code

    def request_login_code(self, phone: str, source_address: str, accept_language: str = "") -> None:
        """Send a new code to the phone, in the language that the header asks for.

        Raises TooMany with the time of the next try, or Unavailable if the code could not be sent and was withdrawn.
        """
        fingerprint = _phone_fingerprint(self.vault, require_mobile(phone))
        user_id, code, now = user_id_of(fingerprint), self.draw(), self.clock()
        self.codes.issue(user_id, source_address, login_code_digest(fingerprint, code), self.limits, now)
        values = {"code": code, "minutes": str(self.limits.lifetime_seconds // 60)}
        try:
            self.sms.send(phone, Text(Template.LOGIN_CODE, Language.asked_for(accept_language), values))
        except Unavailable as error:
            self.codes.withdraw(user_id)
            raise Unavailable("The SMS could not be sent. Ask for a new code in a minute.", retry_at=now + timedelta(minutes=1)) from error


@dataclass(frozen=True)
class LoginService:
    """Opens and ends sessions and shows users their own account."""

    accounts: Accounts
    logins: Logins
    codes: LoginCodes
    vault: Vault
    tokens: Tokens
    clock: Clock

    def log_in(self, phone: str, code: str, source_address: str) -> Session:
        """Open a session for the phone's user, registering a new phone, or raise WrongLoginCode or AccountLocked."""
        now = self.clock()
        fingerprint = _phone_fingerprint(self.vault, require_mobile(phone))
        user_id = user_id_of(fingerprint)
        if not self.codes.check(user_id, login_code_digest(fingerprint, code), now):
            raise WrongLoginCode("Ask for a new code and type the six digits of the latest SMS.", rule="loginCode")
        user = self.accounts.get(user_id) or self.accounts.register(new_user(self.vault, phone, now))
        user.require_open()
        issued = self.tokens.issue(user.user_id, USER_ROLE, now)
        self.logins.open(Login(user.user_id, issued.token_id, now, source_address, issued.expires_at))
        return Session(issued.token, issued.expires_at, user)

    def log_out(self, user_id: str, token_id: str) -> None:
        """End the session of the token; an ended session stays ended."""
        self.logins.end(user_id, token_id, self.clock())

    def latest_logins(self, user_id: str) -> list[Login]:
        """Return the user's latest logins, newest first."""
        return self.logins.latest(user_id, _LOGINS_SHOWN)

    def profile(self, user_id: str) -> User:
        """Return the session's user, or raise Unauthenticated or AccountLocked."""
        return open_user(self.accounts, user_id)

    def change_language(self, user_id: str, language: str) -> User:
        """Set the language (zh, en) of the SMS to the session's user, or raise Unauthenticated or AccountLocked."""

        def change() -> User:
            before = open_user(self.accounts, user_id)
            after = before.with_language(Language(language))
            if after != before:
                self.accounts.change(before, after)
            return after

        return retry(change, "Your account")


def open_user(accounts: Accounts, user_id: str) -> User:
    """Return a session's user, or raise Unauthenticated if the account no longer exists, AccountLocked if it is locked."""
    user = accounts.get(user_id)
    if user is None:
        raise Unauthenticated("This account does not exist any more. Log in again.")
    user.require_open()
    return user


def new_user(vault: Vault, phone: str, now: datetime) -> User:
    """Return a new account for a valid phone; its id depends on the phone alone."""
    return User(user_id_of_phone(vault, phone), vault.seal(phone), mask_phone(phone), now)


def user_id_of_phone(vault: Vault, phone: str) -> str:
    """Return the id of the account that the phone has or would have."""
    return user_id_of(_phone_fingerprint(vault, phone))


def _phone_fingerprint(vault: Vault, phone: str) -> str:
    return vault.fingerprint(f"phone:{phone}")
