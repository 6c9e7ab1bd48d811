"""What the use cases need to verify identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from guahao.contracts.identity import IdentityNoticeKind
from guahao.domain.accounts import IdentityState
from guahao.domain.audit_log import Deed
from guahao.domain.identity import Identity


class IdentityMoved(Exception):
    """The identity, or its user's record, was changed since it was read."""


@dataclass(frozen=True)
class IdentityPage:
    items: list[Identity]
    next_cursor: str | None


@dataclass(frozen=True)
class UploadForm:
    """Where and with which form fields a browser posts a photo; the form lives for minutes."""

    url: str
    fields: dict[str, str]
    photo_key: str


class Identities(Protocol):
    """The store of record; every write is conditional on what it leaves."""

    def get(self, user_id: str) -> Identity | None: ...

    def holder(self, fingerprint: str) -> str | None:
        """Return the user who has the certificate under review or approved, if somebody has."""
        ...

    def submit(self, before: Identity | None, after: Identity) -> None:
        """Write the submission over `before`, claim its certificate and set the user's name and identity state, all or nothing.

        Raises DuplicateCertificate if another account has the certificate, IdentityMoved if somebody was faster.
        """
        ...

    def decide(self, before: Identity, after: Identity, deed: Deed) -> None:
        """Write the decision over `before`, the user's state and the deed's audit entry with it, all or nothing.

        A rejection gives the certificate free again. Raises IdentityMoved if somebody was faster.
        """
        ...

    def in_state(self, state: IdentityState, limit: int, cursor: str | None) -> IdentityPage:
        """Return the identities in a state, longest submitted first."""
        ...


class Photos(Protocol):
    """The private store of certificate photos. Uploads are forgotten after a day, copies of them after a week unless they are kept."""

    def form(self, photo_key: str, content_type: str, size: int) -> UploadForm:
        """Return a form that takes one photo of this type and at most this size, for a few minutes."""
        ...

    def take(self, photo_key: str, kept_key: str) -> None:
        """Copy an upload to where nobody can post, or raise Invalid if it is missing, too large or no image of its type."""
        ...

    def keep(self, kept_key: str) -> None:
        """Keep a copy until it is told to be forgotten, if it is there."""
        ...

    def forget(self, kept_key: str) -> None:
        """Remove a copy, if it is there."""
        ...

    def link(self, kept_key: str, seconds: int) -> str:
        """Return an address under which the photo can be seen for so long."""
        ...


class IdentityOutbox(Protocol):
    """What must happen later; each message arrives at least once, in any order."""

    def notify(self, user_id: str, submission_id: str, kind: IdentityNoticeKind) -> None: ...
