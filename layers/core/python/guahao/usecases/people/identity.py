"""Identity as a user sees it: uploading a photo, submitting name and certificate, reading the decision."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from guahao.domain.errors import Invalid
from guahao.domain.people.certificates import Certificate, CertificateType, normal_number, number_faults, state_faults
from guahao.domain.people.identity import Identity, require_free, require_may_submit, require_news
from guahao.domain.people.photos import PhotoType, kept_key, upload_faults, upload_key
from guahao.domain.time import shanghai_date
from guahao.domain.versions import retry
from guahao.ports.clock import Clock
from guahao.ports.people.accounts import Accounts
from guahao.ports.people.identity import Identities, Photos, UploadForm
from guahao.ports.vault import Vault
from guahao.usecases.people.login import open_user
from guahao.usecases.people.sealing import sealed_certificate


def draw_name() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class IdentityService:
    """Accepts photos and submissions of users."""

    identities: Identities
    accounts: Accounts
    photos: Photos
    vault: Vault
    clock: Clock
    draw: Callable[[], str] = draw_name

    def upload(self, user_id: str, content_type: str, size: int) -> UploadForm:
        """Return a form for uploading a photo, or raise AccountLocked or IdentityStateConflict."""
        open_user(self.accounts, user_id)
        require_may_submit(self.identities.get(user_id))
        return self.photos.form(upload_key(user_id, self.draw(), PhotoType(content_type)), content_type, size)

    def submit(
        self, user_id: str, name: str, certificate_type: str, certificate_number: str, photo_key: str, issuing_state: str = ""
    ) -> Identity:
        """Put name, certificate and uploaded photo under review; the same once more answers with what became of it.

        What is approved stays in force until the renewal is.

        Raises Invalid, AccountLocked, IdentityStateConflict, or DuplicateCertificate if another account has the certificate.
        """
        kind, number = CertificateType(certificate_type), normal_number(certificate_number)
        today = shanghai_date(self.clock())
        faults = [
            *number_faults(kind, number, "certificateNumber", today),
            *state_faults(kind, issuing_state, "issuingState"),
            *upload_faults(user_id, photo_key),
        ]
        if faults:
            raise Invalid("Some fields cannot be right; `errors` names each.", faults)
        certificate = sealed_certificate(self.vault, kind, number, issuing_state)

        def submit() -> Identity:
            before = self.identities.get(user_id)
            if before and before.repeats(name, certificate, photo_key):
                return before
            open_user(self.accounts, user_id)
            require_may_submit(before)
            require_news(before, name, certificate)
            # The store decides. This check before it keeps someone who tries foreign certificates from filling the bucket with copies.
            require_free(self.identities.holder(certificate.fingerprint), user_id)
            after = self._submission(user_id, name, certificate, photo_key, before)
            # The copy comes first; if no submission follows, the bucket deletes it.
            self.photos.copy(photo_key, after.photo_key)
            self.identities.submit(before, after)
            return after

        return retry(submit, "Your account")

    def get(self, user_id: str) -> Identity | None:
        """Return the user's latest submission, None if there is none."""
        return self.identities.get(user_id)

    def _submission(self, user_id: str, name: str, certificate: Certificate, photo_key: str, before: Identity | None) -> Identity:
        submission_id = self.draw()
        copy = kept_key(photo_key, submission_id)
        version = before.version + 1 if before else 0
        renews = before.in_force if before else None
        return Identity(user_id, submission_id, name, certificate, copy, self.clock(), version=version, renews=renews)
