"""The effects of a change of an identity, carried out."""

from __future__ import annotations

from dataclasses import dataclass

from guahao.contracts.messages import IdentityNotice, IdentityNoticeKind
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.identity import Identity
from guahao.ports.outbox import Outbox
from guahao.ports.people.identity import Photos

_NOTICES = {IdentityState.APPROVED: IdentityNoticeKind.APPROVED, IdentityState.REJECTED: IdentityNoticeKind.REJECTED}


@dataclass(frozen=True)
class IdentityChanges:
    """Retains the photo of each submission, deletes those that no longer count, and sends the notice of each decision."""

    outbox: Outbox
    photos: Photos

    def follow(self, before: Identity | None, after: Identity) -> None:
        """Carry out the effects of the change; repeating it changes nothing."""
        is_new = before is None or before.submission_id != after.submission_id
        if is_new:
            self.photos.retain(after.photo_key)
        for photo_key in sorted(before.photo_keys - after.photo_keys) if before else ():
            self.photos.delete(photo_key)
        if before and not is_new and before.state is not after.state and after.state in _NOTICES:
            self.outbox.send(IdentityNotice(user_id=after.user_id, submission_id=after.submission_id, kind=_NOTICES[after.state]))
