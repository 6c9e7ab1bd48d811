"""Users as administrators look at them: states, what a search asks for, locking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from guahao.domain.accounts import User
from guahao.domain.errors import LockStateConflict
from guahao.domain.time import midnight, shanghai_date


class UserStatus(StrEnum):
    """The one state of a user: locked, or else how far the identity is."""

    NONE = "none"
    UNDER_REVIEW = "underReview"
    APPROVED = "approved"
    REJECTED = "rejected"
    LOCKED = "locked"


@dataclass(frozen=True)
class UserFilter:
    """What a user must be like; an empty field asks for nothing. `first` and `last` are days of Shanghai on which users registered."""

    name_prefix: str = ""
    status: UserStatus | None = None
    first: date | None = None
    last: date | None = None

    @property
    def begins_at(self) -> datetime | None:
        """The moment before which nobody who fits has registered."""
        return _midnight(self.first) if self.first else None

    @property
    def ends_at(self) -> datetime | None:
        """The moment before which everybody who fits has registered."""
        return _midnight(self.last + timedelta(days=1)) if self.last else None

    def fits(self, user: User) -> bool:
        """Tell whether the user is one that is asked for."""
        day = shanghai_date(user.created_at)
        return (
            user.name.startswith(self.name_prefix)
            and self.status in (None, status_of(user))
            and (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
        )


def status_of(user: User) -> UserStatus:
    """Return the one state of the user."""
    return UserStatus.LOCKED if user.locked else UserStatus(user.identity_state.value)


def lock(user: User, reason: str) -> User:
    """Return the user as locked or raise LockStateConflict if it is locked already."""
    if user.locked:
        raise LockStateConflict("This user is locked already. To lock for another reason, unlock the user first.", rule="accountOpen")
    return replace(user, locked=True, lock_reason=reason, version=user.version + 1)


def unlock(user: User, now: datetime) -> User:
    """Return the user as open, with the identity as it was and every session over, or raise LockStateConflict if it is open already."""
    if not user.locked:
        raise LockStateConflict("This user is not locked. Look at the user again.", rule="accountLocked")
    return replace(user, locked=False, lock_reason="", sessions_since=now, version=user.version + 1)


def _midnight(day: date) -> datetime:
    return midnight(day).astimezone(UTC)
