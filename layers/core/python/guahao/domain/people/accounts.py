"""Users: one account for each mobile phone number."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from guahao.domain.errors import AccountLocked, IdentityNotVerified

USER_ROLE = "user"


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


def user_id_of(phone_fingerprint: str) -> str:
    """Return the id of the phone's account, always the same, so that two first logins at once write the same item."""
    return b32encode(hashlib.sha256(phone_fingerprint.encode()).digest()).decode()[:26].lower()
