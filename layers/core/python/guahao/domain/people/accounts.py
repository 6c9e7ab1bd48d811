"""Users: one account for each mobile phone number."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from guahao.domain.errors import AccountLocked, IdentityNotVerified, Invalid

USER_ROLE = "user"
# All mainland mobile prefixes, also 16 and 19.
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class IdentityState(StrEnum):
    """The states of an identity; their codes for partners are 0, 1, 2 and -1."""

    NONE = "none"
    UNDER_REVIEW = "underReview"
    APPROVED = "approved"
    REJECTED = "rejected"


class Language(StrEnum):
    """The language of the SMS to a user."""

    CHINESE = "zh"
    ENGLISH = "en"

    @classmethod
    def asked_for(cls, accept_language: str) -> Language:
        """Return English if the browser's Accept-Language header asks for it first, else Chinese."""
        return cls.ENGLISH if accept_language.strip().lower().startswith("en") else cls.CHINESE


@dataclass(frozen=True)
class User:
    """A user's account. `sealed_phone` is the sealed number, `masked_phone` is what answers show; `version` counts the writes.

    Sessions that began before `sessions_since` have ended. `language` is that of the SMS to the user.
    """

    user_id: str
    sealed_phone: str
    masked_phone: str
    created_at: datetime
    name: str = ""
    identity_state: IdentityState = IdentityState.NONE
    locked: bool = False
    lock_reason: str = ""
    sessions_since: datetime | None = None
    version: int = 0
    language: Language = Language.CHINESE

    def with_language(self, language: Language) -> User:
        """Return the user with the language, unchanged if it is the same."""
        return self if self.language is language else replace(self, language=language, version=self.version + 1)

    def require_open(self) -> None:
        """Do nothing for an unlocked user, else raise AccountLocked."""
        if self.locked:
            raise AccountLocked("This account is locked. Ask the platform's customer service for the reason.", rule="accountOpen")

    def require_may_book(self) -> None:
        """Do nothing for a verified, unlocked user, else raise AccountLocked or IdentityNotVerified."""
        self.require_open()
        if self.identity_state is not IdentityState.APPROVED:
            raise IdentityNotVerified("Submit your identity for verification and book once it is approved.", rule="identityVerified")


@dataclass(frozen=True)
class Principal:
    """The owner of a session token, and until when; `token_id` names the token itself."""

    user_id: str
    role: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class IssuedToken:
    """A new session token, its id and its end."""

    token: str
    token_id: str
    expires_at: datetime


@dataclass(frozen=True)
class Login:
    """The record of one login: its owner, its address, and when its session ended or will end."""

    owner: str
    token_id: str
    at: datetime
    address: str
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Session:
    """A new session: its token, its end and its user."""

    token: str
    expires_at: datetime
    user: User


@dataclass(frozen=True)
class LoginCodeLimits:
    """How long a login code is valid, how often it may be guessed, and how many codes may be requested."""

    lifetime_seconds: int = 300
    attempts: int = 5
    per_phone_minute: int = 1
    per_phone_day: int = 10
    per_address_hour: int = 30


def require_mobile(phone: str) -> str:
    """Return the mainland mobile number of 11 digits, or raise Invalid."""
    faults = mobile_faults(phone, "phone")
    if faults:
        raise Invalid("This is not a mainland mobile number.", faults)
    return phone


def mobile_faults(phone: str, field: str) -> list[dict[str, str]]:
    """Return the faults of a mainland mobile number, none if it is one."""
    return [] if _MOBILE.fullmatch(phone) else [{"field": field, "reason": "11 digits, beginning with 13 to 19"}]


def user_id_of(phone_fingerprint: str) -> str:
    """Return the id of the phone's account, always the same, so that two first logins at once write the same item."""
    return b32encode(hashlib.sha256(phone_fingerprint.encode()).digest()).decode()[:26].lower()


def login_code_digest(phone_fingerprint: str, code: str) -> str:
    """Return the mark under which a code is stored; it cannot be guessed without the fingerprint, which is stored nowhere."""
    return hmac.new(phone_fingerprint.encode(), code.encode(), hashlib.sha256).hexdigest()


def mask_phone(phone: str) -> str:
    """Return the number with its middle hidden: 138****0001."""
    return f"{phone[:3]}****{phone[-4:]}"
