"""The audit of identities: the queue, a look at one, the decision. Every look and every decision is in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guahao.domain.accounts import IdentityState
from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import IdentityStateConflict, Invalid, NotFound, Unavailable
from guahao.domain.identity import Identity
from guahao.ports.audit_log import AuditLog
from guahao.ports.clock import Clock
from guahao.ports.identity import Identities, IdentityMoved, IdentityPage, Photos
from guahao.ports.vault import Vault

PHOTO_SHOWN_SECONDS = 60
# Every lost round is somebody else's finished write on the same user, of which there are few.
_ROUNDS = 10


@dataclass(frozen=True)
class OpenedIdentity(Identity):
    """An identity with what an auditor compares: the certificate's number, and its photo until the link ends."""

    certificate_number: str = ""
    photo_url: str = ""
    photo_url_expires_at: datetime | None = None


@dataclass(frozen=True)
class Audit:
    """The desk of auditors."""

    identities: Identities
    photos: Photos
    audit_log: AuditLog
    vault: Vault
    clock: Clock

    def queue(self, state: str, limit: int, cursor: str | None) -> IdentityPage:
        """Return a page of the identities in a state, longest submitted first, their numbers masked."""
        return self.identities.in_state(IdentityState(state), limit, cursor)

    def view(self, administrator: str, user_id: str) -> OpenedIdentity:
        """Return the user's identity opened, noted in the audit log before, or raise NotFound."""
        identity = self._get(user_id)
        now = self.clock()
        self.audit_log.append(Deed(administrator, Action.IDENTITY_VIEWED, identity.subject), now)
        return OpenedIdentity(
            **vars(identity),
            certificate_number=self.vault.open(identity.certificate.sealed_number),
            photo_url=self.photos.link(identity.photo_key, PHOTO_SHOWN_SECONDS),
            photo_url_expires_at=now + timedelta(seconds=PHOTO_SHOWN_SECONDS),
        )

    def decide(self, administrator: str, user_id: str, submission_id: str, approved: bool, reason: str) -> Identity:
        """Approve or reject what the user submitted, once; the same decision said again by the same administrator changes nothing.

        `submission_id` names the submission that was looked at, empty the current one. Raises NotFound, Invalid for a rejection without
        a reason, and IdentityStateConflict if somebody was faster: another administrator, or the user with a new submission.
        """
        if not approved and not reason:
            raise Invalid("Say why, so that the user can do better.", [{"field": "reason", "reason": "a rejection needs one"}])
        action = Action.IDENTITY_APPROVED if approved else Action.IDENTITY_REJECTED
        for _ in range(_ROUNDS):
            before = self._get(user_id)
            if submission_id not in ("", before.submission_id):
                detail = "The user has submitted anew since you looked. Look at the new submission."
                raise IdentityStateConflict(detail, rule="currentSubmission")
            if before.was_decided(approved, reason, administrator):
                return before
            after = before.decide(approved, reason, administrator, self.clock())
            try:
                self.identities.decide(before, after, Deed(administrator, action, before.subject, reason))
            except IdentityMoved:
                continue
            return after
        raise Unavailable("This user is being changed by many at once. Send the same request again.")

    def _get(self, user_id: str) -> Identity:
        identity = self.identities.get(user_id)
        if identity is None:
            raise NotFound("This user has submitted no identity. GET /api/admin/identities lists those to decide on.")
        return identity
