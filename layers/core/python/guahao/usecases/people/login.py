"""Users: sessions and profiles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guahao.contracts.login_proof import LoginProof
from guahao.domain.errors import Unauthenticated, WrongLoginCode
from guahao.domain.people.accounts import USER_ROLE, Language, User, user_id_of
from guahao.domain.people.login_codes import Guess, LoginGuessLimits, counted_address, login_code_digest
from guahao.domain.people.phones import Prefixes, mask_phone, require_mobile
from guahao.domain.people.sessions import Login, Session
from guahao.domain.versions import retry
from guahao.ports.clock import Clock
from guahao.ports.people.accounts import Accounts, Logins, Tokens
from guahao.ports.people.login_codes import LoginCodes
from guahao.ports.vault import Vault
from guahao.usecases.people.login_challenges import LoginChallenges
from guahao.usecases.people.sealing import phone_fingerprint

_LOGINS_SHOWN = 20


@dataclass(frozen=True)
class LoginService:
    """Opens and ends sessions and shows users their own account."""

    accounts: Accounts
    logins: Logins
    codes: LoginCodes
    challenges: LoginChallenges
    vault: Vault
    tokens: Tokens
    clock: Clock
    limits: LoginGuessLimits
    mobile_prefixes: Prefixes = ()

    def log_in(self, phone: str, code: str, request_id: str, source_address: str, proof: LoginProof | None = None) -> Session:
        """Open a session for whoever holds the phone, registering a new phone.

        Raises WrongLoginCode, ChallengeNeeded after many wrong guesses, TooMany or AccountLocked.
        """
        now = self.clock()
        fingerprint = phone_fingerprint(self.vault, require_mobile(phone, self.mobile_prefixes))
        user_id = user_id_of(fingerprint)
        self._require_code(user_id, request_id, login_code_digest(fingerprint, code), counted_address(source_address), proof, now)
        user = self.accounts.get(user_id) or self.accounts.register(new_user(self.vault, phone, now))
        user.require_open()
        issued = self.tokens.issue(user.user_id, USER_ROLE, now)
        self.logins.open(Login(user.user_id, issued.token_id, now, source_address, issued.expires_at))
        return Session(issued.token, issued.expires_at, user)

    def _require_code(self, user_id: str, request_id: str, digest: str, address: str, proof: LoginProof | None, now: datetime) -> None:
        proven = self.challenges.is_met(user_id, proof, now)
        guess = self.codes.check(user_id, request_id, digest, address, self.limits, now, proven=proven)
        if guess is Guess.UNPROVEN:
            raise self.challenges.needed(user_id, "loginGuesses", now)
        if guess is Guess.WRONG:
            raise WrongLoginCode("Type the six digits of the SMS that you asked for, or ask for a new code.", rule="loginCode")

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
    return user_id_of(phone_fingerprint(vault, phone))
