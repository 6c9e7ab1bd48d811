"""Users: codes to log in with, sessions, profiles."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.domain.accounts import (
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
from guahao.domain.errors import Unauthenticated, Unavailable, WrongLoginCode
from guahao.domain.wording import Template, Text
from guahao.ports.accounts import Accounts, LoginCodes, Logins, Tokens, UserMoved
from guahao.ports.clock import Clock
from guahao.ports.notices import Sms
from guahao.ports.vault import Vault

_LOGINS_SHOWN = 20
# Every lost round is somebody else's finished write on the same user, of which there are few.
_ROUNDS = 10


def draw_code() -> str:
    """Return six digits that nobody can foresee."""
    return f"{secrets.randbelow(1_000_000):06}"


@dataclass(frozen=True)
class LoginCodeDesk:
    """Hands out login codes. It never looks whether a phone is known, so it cannot tell."""

    codes: LoginCodes
    sms: Sms
    vault: Vault
    clock: Clock
    limits: LoginCodeLimits
    draw: Callable[[], str] = draw_code

    def request_login_code(self, phone: str, source_address: str, accept_language: str = "") -> None:
        """Send a new code to the phone, in the language that the header asks for.

        Raises TooMany with the time that heals it, or Unavailable with no code left alive.
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
class AccountDesk:
    """Opens and ends sessions and shows a user their own account."""

    accounts: Accounts
    logins: Logins
    codes: LoginCodes
    vault: Vault
    tokens: Tokens
    clock: Clock

    def log_in(self, phone: str, code: str, source_address: str) -> Session:
        """Open a session for whoever holds the phone, registering a new phone, or raise WrongLoginCode or AccountLocked."""
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
        """End the session of the token; one that has ended stays as it is."""
        self.logins.end(user_id, token_id, self.clock())

    def latest_logins(self, user_id: str) -> list[Login]:
        """Return the user's latest logins, newest first."""
        return self.logins.latest(user_id, _LOGINS_SHOWN)

    def profile(self, user_id: str) -> User:
        """Return the session's user or raise Unauthenticated or AccountLocked."""
        return open_user(self.accounts, user_id)

    def speak(self, user_id: str, language: str) -> User:
        """Have the session's user written to in the language (zh, en), or raise Unauthenticated or AccountLocked."""
        for _ in range(_ROUNDS):
            before = open_user(self.accounts, user_id)
            after = before.speaking(Language(language))
            try:
                if after != before:
                    self.accounts.change(before, after)
            except UserMoved:
                continue
            return after
        raise Unavailable("Your account is being changed by many at once. Send the same request again.")


def open_user(accounts: Accounts, user_id: str) -> User:
    """Return a session's user, or raise Unauthenticated if there is no such account any more, AccountLocked if it is locked."""
    user = accounts.get(user_id)
    if user is None:
        raise Unauthenticated("This account does not exist any more. Log in again.")
    user.require_open()
    return user


def new_user(vault: Vault, phone: str, now: datetime) -> User:
    """Return the account of a valid phone as its first login makes it; the phone alone decides its id."""
    return User(user_id_of_phone(vault, phone), vault.seal(phone), mask_phone(phone), now)


def user_id_of_phone(vault: Vault, phone: str) -> str:
    """Return the id of the account that the phone has or would have."""
    return user_id_of(_phone_fingerprint(vault, phone))


def _phone_fingerprint(vault: Vault, phone: str) -> str:
    return vault.fingerprint(f"phone:{phone}")
