"""Identity verification: a user's name and certificate, decided on by an administrator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from guahao.domain.accounts import IdentityState, User
from guahao.domain.certificates import Certificate
from guahao.domain.errors import DuplicateCertificate, IdentityStateConflict
from guahao.domain.photos import is_copy


@dataclass(frozen=True)
class Identity:
    """The latest submission of a user. `submission_id` names it, `photo_key` where its photo lies; `version` counts the writes."""

    user_id: str
    submission_id: str
    name: str
    certificate: Certificate
    photo_key: str
    submitted_at: datetime
    state: IdentityState = IdentityState.UNDER_REVIEW
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    version: int = 0

    @property
    def subject(self) -> str:
        """What the submission is called wherever deeds and notices are kept: a user may submit again and again."""
        return f"{self.user_id}/{self.submission_id}"

    def repeats(self, name: str, certificate: Certificate, photo_key: str) -> bool:
        """Tell whether this came of the same name, certificate and upload: then who sends them again has not heard the answer."""
        told = (name, certificate.type, certificate.fingerprint)
        return told == (self.name, self.certificate.type, self.certificate.fingerprint) and is_copy(self.photo_key, photo_key)

    def decide(self, approved: bool, reason: str, administrator: str, now: datetime) -> Identity:
        """Return the identity as decided or raise IdentityStateConflict if somebody has decided already."""
        if self.state is not IdentityState.UNDER_REVIEW:
            raise IdentityStateConflict("This identity has been decided on already. Look at it again.", rule="underReview")
        state = IdentityState.APPROVED if approved else IdentityState.REJECTED
        return replace(self, state=state, reason=reason, decided_by=administrator, decided_at=now, version=self.version + 1)

    def was_decided(self, approved: bool, reason: str, administrator: str) -> bool:
        """Tell whether it was the administrator who decided just so: then the request is a repeated one."""
        state = IdentityState.APPROVED if approved else IdentityState.REJECTED
        return (self.state, self.reason, self.decided_by) == (state, reason, administrator)

    def mark(self, user: User) -> User:
        """Return the user as this identity leaves them: in its state, and under its name, which they are found by from now on."""
        return replace(user, identity_state=self.state, name=self.name, version=user.version + 1)


def foreign_certificate() -> DuplicateCertificate:
    """Return the refusal of a certificate that another account has."""
    return DuplicateCertificate("This certificate belongs to another account. Log in there or submit your own.", rule="certificateOnce")


def require_free(holder: str | None, user_id: str) -> None:
    """Pass a certificate that nobody or the user holds, or raise DuplicateCertificate."""
    if holder not in (None, user_id):
        raise foreign_certificate()


def require_may_submit(current: Identity | None) -> None:
    """Pass who has nothing under review or approved, or raise IdentityStateConflict."""
    if current and current.state is not IdentityState.REJECTED:
        raise IdentityStateConflict(
            "Your identity is verified or being reviewed; only a rejected one can be submitted again.", rule="identityOpen"
        )
