"""The audit of identities: the queue, one identity, the decision. Opening one and deciding are in the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import IdentityStateConflict, NotFound
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity, require_reason
from guahao.domain.versions import retry
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.clock import Clock
from guahao.ports.pages import Page
from guahao.ports.people.identity import Identities, Photos
from guahao.ports.vault import Vault

if TYPE_CHECKING:
    from guahao.contracts.queries import ReviewQuery

PHOTO_SHOWN_SECONDS = 60


@dataclass(frozen=True)
class OpenedIdentity(Identity):
    """An identity with what an auditor compares: the certificate's number, and a link to the photo."""

    certificate_number: str = ""
    photo_url: str = ""
    photo_url_expires_at: datetime | None = None


@dataclass(frozen=True)
class Audit:
    """Shows auditors the identities to decide on, and stores their decisions."""

    identities: Identities
    photos: Photos
    audit_log: AuditLog
    vault: Vault
    clock: Clock

    def queue(self, query: ReviewQuery) -> Page[Identity]:
        """Return a page of the identities in a state, the longest waiting first, with masked numbers."""
        return self.identities.in_state(IdentityState(query.status), query.limit, query.cursor)

    def view(self, administrator: str, user_id: str) -> OpenedIdentity:
        """Write an audit entry and return the user's identity in plain text, or raise NotFound."""
        identity = self._get(user_id)
        now = self.clock()
        self.audit_log.append(AuditEntry(administrator, Action.IDENTITY_VIEWED, identity.subject), now)
        return OpenedIdentity(
            **vars(identity),
            certificate_number=self.vault.open(identity.certificate.sealed_number),
            photo_url=self.photos.link(identity.photo_key, PHOTO_SHOWN_SECONDS),
            photo_url_expires_at=now + timedelta(seconds=PHOTO_SHOWN_SECONDS),
        )

    def decide(self, administrator: str, user_id: str, submission_id: str, approved: bool, reason: str) -> Identity:
        """Approve or reject what the user submitted, once; the same decision repeated by the same administrator changes nothing.

        `submission_id` is the submission that the auditor saw, empty for the current one. Raises NotFound, Invalid for a rejection without
        a reason, and IdentityStateConflict if another administrator was faster or the user has submitted anew.
        """
        require_reason(approved, reason)
        action = Action.IDENTITY_APPROVED if approved else Action.IDENTITY_REJECTED

        def decide() -> Identity:
            before = self._get(user_id)
            if submission_id not in ("", before.submission_id):
                detail = "The user has submitted anew in the meantime. Open the new submission."
                raise IdentityStateConflict(detail, rule="currentSubmission")
            if before.was_decided(approved, reason, administrator):
                return before
            after = before.decide(approved, reason, administrator, self.clock())
            self.identities.decide(before, after, AuditEntry(administrator, action, before.subject, reason))
            return after

        return retry(decide, "This user")

    def _get(self, user_id: str) -> Identity:
        identity = self.identities.get(user_id)
        if identity is None:
            raise NotFound("This user has submitted no identity. GET /api/admin/identities lists those to decide on.")
        return identity
