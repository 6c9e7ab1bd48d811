"""Identities and photos, as the use cases need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity
from guahao.ports.pages import Page


@dataclass(frozen=True)
class UploadForm:
    """The address and form fields with which a browser posts a photo; the form is valid for minutes."""

    url: str
    fields: dict[str, str]
    photo_key: str


class Identities(Protocol):
    """The store of record of identities; every write is conditional on what it replaces."""

    def get(self, user_id: str) -> Identity | None: ...

    def holder(self, fingerprint: str) -> str | None:
        """Return the id of the user whose identity with this certificate is under review or approved, None if there is none."""
        ...

    def submit(self, before: Identity | None, after: Identity) -> None:
        """Write the submission over `before`, claim its certificate and set the user's name and identity state, all or nothing.

        Raises DuplicateCertificate if another account has the certificate, VersionConflict if somebody was faster.
        """
        ...

    def decide(self, before: Identity, after: Identity, entry: AuditEntry) -> None:
        """Write the decision over `before` together with the user's state and the audit entry, all or nothing.

        A rejection frees the certificate, an approval the one that it renews; but none that stays in force. An approval writes into the
        person's ledger whose identity it is, and the name. Raises VersionConflict if somebody was faster.
        """
        ...

    def in_state(self, state: IdentityState, limit: int, cursor: str | None) -> Page[Identity]:
        """Return a page of the identities in a state, the longest waiting first."""
        ...


class Photos(Protocol):
    """The private store of photos. Uploads are deleted after a day, and copies after a week unless they are retained."""

    def form(self, photo_key: str, content_type: str, size: int) -> UploadForm:
        """Return a form that for a few minutes takes one photo of this type and at most this size."""
        ...

    def copy(self, photo_key: str, kept_key: str) -> None:
        """Copy an upload to a key that forms cannot reach, or raise Invalid if it is missing, too large or no image of its type."""
        ...

    def retain(self, kept_key: str) -> None:
        """Keep a copy, if it exists, until `delete`."""
        ...

    def delete(self, kept_key: str) -> None:
        """Delete a copy, if it exists."""
        ...

    def link(self, kept_key: str, seconds: int) -> str:
        """Return an address that shows the photo for so many seconds."""
        ...
