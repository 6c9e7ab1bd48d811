"""Identities: a user's name and certificate, on which an auditor decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from guahao.domain.errors import DuplicateCertificate, IdentityStateConflict
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.certificates import Certificate
from guahao.domain.people.photos import is_copy


@dataclass(frozen=True)
class Identity:
    """The latest submission of a user, with its id, and the key of its photo; `version` counts the writes."""

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
        """The name of the submission in entries and notices; a user may submit several times."""
        return f"{self.user_id}/{self.submission_id}"

    def repeats(self, name: str, certificate: Certificate, photo_key: str) -> bool:
        """Tell whether the submission has the same name, certificate and upload: then it was sent twice."""
        told = (name, certificate.type, certificate.fingerprint)
        return told == (self.name, self.certificate.type, self.certificate.fingerprint) and is_copy(self.photo_key, photo_key)

    def decide(self, approved: bool, reason: str, administrator: str, now: datetime) -> Identity:
        """Return the identity with the decision, or raise IdentityStateConflict if it was decided before."""
        if self.state is not IdentityState.UNDER_REVIEW:
            raise IdentityStateConflict("This identity has been decided on already. Open it again.", rule="underReview")
        state = IdentityState.APPROVED if approved else IdentityState.REJECTED
        return replace(self, state=state, reason=reason, decided_by=administrator, decided_at=now, version=self.version + 1)

    def was_decided(self, approved: bool, reason: str, administrator: str) -> bool:
        """Tell whether this administrator made the same decision before: then it was sent twice."""
        state = IdentityState.APPROVED if approved else IdentityState.REJECTED
        return (self.state, self.reason, self.decided_by) == (state, reason, administrator)

    def mark(self, user: User) -> User:
        """Return the user with this identity's state, and with its name, by which administrators find the user."""
        return replace(user, identity_state=self.state, name=self.name, version=user.version + 1)


def foreign_certificate() -> DuplicateCertificate:
    """Return the error for a certificate that another account has."""
    return DuplicateCertificate("This certificate belongs to another account. Log in there or submit your own.", rule="certificateOnce")


def require_free(holder: str | None, user_id: str) -> None:
    """Do nothing if the certificate has no holder or the user is the holder, else raise DuplicateCertificate."""
    if holder not in (None, user_id):
        raise foreign_certificate()


def require_may_submit(current: Identity | None) -> None:
    """Do nothing if no identity is under review or approved, else raise IdentityStateConflict."""
    if current and current.state is not IdentityState.REJECTED:
        raise IdentityStateConflict(
            "Your identity is verified or being reviewed; only a rejected one can be submitted again.", rule="identityOpen"
        )
