"""What follows from a change of an identity."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.contracts.identity import IdentityNoticeKind
from guahao.domain.accounts import IdentityState
from guahao.domain.identity import Identity
from guahao.ports.identity import IdentityOutbox, Photos

_NOTICES = {IdentityState.APPROVED: IdentityNoticeKind.APPROVED, IdentityState.REJECTED: IdentityNoticeKind.REJECTED}


@dataclass(frozen=True)
class IdentityChanges:
    """Keeps the photo of each submission instead of the former one's, and has each decision told to its user."""

    outbox: IdentityOutbox
    photos: Photos

    def follow(self, before: Identity | None, after: Identity) -> None:
        """Do what follows from the change; doing it again changes nothing."""
        if before is None or before.submission_id != after.submission_id:
            self.photos.keep(after.photo_key)
            if before:
                self.photos.forget(before.photo_key)
        elif before.state is not after.state and after.state in _NOTICES:
            self.outbox.notify(after.user_id, after.submission_id, _NOTICES[after.state])
