"""Users as administrators see them: their state, the search filter, locking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from guahao.domain.errors import LockStateConflict
from guahao.domain.people.accounts import User
from guahao.domain.texts import folded
from guahao.domain.time import midnight, shanghai_date


class UserStatus(StrEnum):
    """The state of a user: locked, or else the state of the identity."""

    NONE = "none"
    UNDER_REVIEW = "underReview"
    APPROVED = "approved"
    REJECTED = "rejected"
    LOCKED = "locked"


@dataclass(frozen=True)
class UserFilter:
    """What a user must be like; an empty field asks for nothing. `name_prefix` is folded.

    `first` and `last` are days of Shanghai on which users registered.
    """

    name_prefix: str = ""
    status: UserStatus | None = None
    first: date | None = None
    last: date | None = None

    @property
    def begins_at(self) -> datetime | None:
        """The moment from which fitting users have registered."""
        return _midnight(self.first) if self.first else None

    @property
    def ends_at(self) -> datetime | None:
        """The moment before which fitting users have registered."""
        return _midnight(self.last + timedelta(days=1)) if self.last else None

    def fits(self, user: User) -> bool:
        """Tell whether the user fits the filter."""
        day = shanghai_date(user.created_at)
        return (
            folded(user.name).startswith(self.name_prefix)
            and self.status in (None, status_of(user))
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


def status_of(user: User) -> UserStatus:
    """Return the state of the user."""
    return UserStatus.LOCKED if user.locked else UserStatus(user.identity_state.value)


def lock(user: User, reason: str) -> User:
    """Return the user locked, or raise LockStateConflict if they are locked already."""
    if user.locked:
        raise LockStateConflict("This user is locked already. To lock for another reason, unlock the user first.", rule="accountOpen")
    return replace(user, locked=True, lock_reason=reason, version=user.version + 1)


def unlock(user: User, now: datetime) -> User:
    """Return the user unlocked, with the same identity and every session ended, or raise LockStateConflict if they are not locked."""
    if not user.locked:
        raise LockStateConflict("This user is not locked. Open the user again.", rule="accountLocked")
    return replace(user, locked=False, lock_reason="", sessions_since=now, version=user.version + 1)


def _midnight(day: date) -> datetime:
    return midnight(day).astimezone(UTC)
