"""Identities: a user's name and certificate, on which an auditor decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from guahao.domain.errors import DuplicateCertificate, IdentityStateConflict, Invalid
from guahao.domain.people.accounts import IdentityState, User
from guahao.domain.people.certificates import Certificate
from guahao.domain.people.photos import is_copy


@dataclass(frozen=True)
class Approved:
    """What an auditor has approved."""

    name: str
    certificate: Certificate
    photo_key: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Identity:
    """The latest submission of a user, with its id, and the key of its photo; `version` counts the writes.

    One that is not approved may renew what was approved before, which then stays in force.
    """

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
    renews: Approved | None = None

    @property
    def in_force(self) -> Approved | None:
        """What is approved: this submission, or the one that it renews."""
        if self.state is IdentityState.APPROVED:
            return Approved(self.name, self.certificate, self.photo_key, self.decided_at)
        return self.renews

    @property
    def photo_keys(self) -> set[str]:
        """The keys of the photos that are still looked at."""
        return {self.photo_key} | ({self.renews.photo_key} if self.renews else set())

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
        state, renews = (IdentityState.APPROVED, None) if approved else (IdentityState.REJECTED, self.renews)
        decision = {"state": state, "reason": reason, "decided_by": administrator, "decided_at": now, "renews": renews}
        return replace(self, version=self.version + 1, **decision)  # type: ignore[arg-type]

    def was_decided(self, approved: bool, reason: str, administrator: str) -> bool:
        """Tell whether this administrator made the same decision before: then it was sent twice."""
        state = IdentityState.APPROVED if approved else IdentityState.REJECTED
        return (self.state, self.reason, self.decided_by) == (state, reason, administrator)

    def mark(self, user: User) -> User:
        """Return the user with the state and the name of what is in force, else of the submission; administrators find the user by it."""
        state, name = (IdentityState.APPROVED, self.in_force.name) if self.in_force else (self.state, self.name)
        return replace(user, identity_state=state, name=name, version=user.version + 1)


def freed(before: Identity, after: Identity) -> set[str]:
    """Return the fingerprints of the certificates that a decision leaves to anybody: a rejected one, or one that was renewed."""
    held = {before.certificate.fingerprint} | ({before.renews.certificate.fingerprint} if before.renews else set())
    return held - ({after.in_force.certificate.fingerprint} if after.in_force else set())


def foreign_certificate() -> DuplicateCertificate:
    """Return the error for a certificate that another account has."""
    return DuplicateCertificate("This certificate belongs to another account. Log in there or submit your own.", rule="certificateOnce")


def require_free(holder: str | None, user_id: str) -> None:
    """Do nothing if the certificate has no holder or the user is the holder, else raise DuplicateCertificate."""
    if holder not in (None, user_id):
        raise foreign_certificate()


def require_reason(approved: bool, reason: str) -> None:
    """Do nothing for an approval or a rejection with a reason, else raise Invalid."""
    if not approved and not reason:
        raise Invalid("Say why, so that the user can do better.", [{"field": "reason", "reason": "a rejection needs one"}])


def require_may_submit(current: Identity | None) -> None:
    """Do nothing if no identity is under review, else raise IdentityStateConflict."""
    if current and current.state is IdentityState.UNDER_REVIEW:
        raise IdentityStateConflict("Your identity is being reviewed. Wait for the decision, and then submit again.", rule="identityOpen")


def require_news(current: Identity | None, name: str, certificate: Certificate) -> None:
    """Do nothing if the submission tells another name or certificate than is in force, else raise IdentityStateConflict."""
    approved = current.in_force if current else None
    if approved and (approved.name, _told(approved.certificate)) == (name, _told(certificate)):
        detail = "Your identity is verified with this name and certificate. Submit a new name or a new certificate."
        raise IdentityStateConflict(detail, rule="identityOpen")


def _told(certificate: Certificate) -> tuple[str, ...]:
    """Return what tells a certificate from another, and from its own renewal, which may keep the fingerprint."""
    return certificate.type, certificate.fingerprint, certificate.masked_number
