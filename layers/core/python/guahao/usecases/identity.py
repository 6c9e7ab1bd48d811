"""Identity verification as a user meets it: upload a photo, submit name and certificate, see what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from guahao.domain.certificates import Certificate, CertificateType, normal_number, number_faults
from guahao.domain.errors import Invalid, Unavailable
from guahao.domain.identity import Identity, require_free, require_may_submit
from guahao.domain.photos import PhotoType, kept_key, upload_faults, upload_key
from guahao.domain.time import shanghai_date
from guahao.ports.accounts import Accounts
from guahao.ports.clock import Clock
from guahao.ports.identity import Identities, IdentityMoved, Photos, UploadForm
from guahao.ports.vault import Vault
from guahao.usecases.accounts import open_user
from guahao.usecases.certificates import sealed_certificate

# Every lost round is somebody else's finished write on the same user, of which there are few.
_ROUNDS = 10


def draw_name() -> str:
    """Return 32 hexadecimal digits that nobody can foresee."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class IdentityDesk:
    """Takes what a user submits for verification."""

    identities: Identities
    accounts: Accounts
    photos: Photos
    vault: Vault
    clock: Clock
    draw: Callable[[], str] = draw_name

    def upload(self, user_id: str, content_type: str, size: int) -> UploadForm:
        """Return a form for the photo of a submission to come, or raise AccountLocked or IdentityStateConflict."""
        open_user(self.accounts, user_id)
        require_may_submit(self.identities.get(user_id))
        return self.photos.form(upload_key(user_id, self.draw(), PhotoType(content_type)), content_type, size)

    def submit(self, user_id: str, name: str, certificate_type: str, certificate_number: str, photo_key: str) -> Identity:
        """Put name, certificate and uploaded photo under review; the same once more answers with what became of it.

        Raises Invalid, AccountLocked, IdentityStateConflict, or DuplicateCertificate if another account has the certificate.
        """
        kind, number = CertificateType(certificate_type), normal_number(certificate_number)
        today = shanghai_date(self.clock())
        faults = [*number_faults(kind, number, "certificateNumber", today), *upload_faults(user_id, photo_key)]
        if faults:
            raise Invalid("Some fields cannot be right; `errors` names each.", faults)
        certificate = sealed_certificate(self.vault, kind, number)
        for _ in range(_ROUNDS):
            before = self.identities.get(user_id)
            if before and before.repeats(name, certificate, photo_key):
                return before
            open_user(self.accounts, user_id)
            require_may_submit(before)
            # The store decides; asking before keeps whoever tries foreign certificates from filling the bucket with copies.
            require_free(self.identities.holder(certificate.fingerprint), user_id)
            after = self._submission(user_id, name, certificate, photo_key, before)
            # The copy comes first; one that no submission follows is forgotten by itself.
            self.photos.take(photo_key, after.photo_key)
            with suppress(IdentityMoved):
                self.identities.submit(before, after)
                return after
        raise Unavailable("Your account is being changed by many at once. Send the same request again.")

    def get(self, user_id: str) -> Identity | None:
        """Return the user's latest submission, if there is one."""
        return self.identities.get(user_id)

    def _submission(self, user_id: str, name: str, certificate: Certificate, photo_key: str, before: Identity | None) -> Identity:
        submission_id = self.draw()
        copy = kept_key(photo_key, submission_id)
        version = before.version + 1 if before else 0
        return Identity(user_id, submission_id, name, certificate, copy, self.clock(), version=version)
