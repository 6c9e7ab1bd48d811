"""What the use cases need in order to find users and to lock them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from guahao.domain.accounts import User
from guahao.domain.audit_log import Deed
from guahao.domain.ledger import Ledger
from guahao.domain.users import UserFilter


@dataclass(frozen=True)
class UserPage:
    items: list[User]
    next_cursor: str | None


class UserStore(Protocol):
    """The users of all phones; a search may lag a moment behind the last write."""

    def find(self, wanted: UserFilter, limit: int, cursor: str | None) -> UserPage:
        """Return a page of the users that fit: by name if a name is asked for, newest first otherwise.

        A page reads a bounded number of users. A search by name that must leave out many may therefore hold fewer than `limit`, even none,
        and still have a cursor: whoever wants the rest goes on until there is none. Raises Invalid for a cursor that is not of this search.
        """
        ...

    def move(self, before: User, after: User, deed: Deed, now: datetime) -> None:
        """Write the user over `before` and the deed's audit entry with it, both or none, or raise UserMoved."""
        ...

    def put_ledger(self, ledger: Ledger, deed: Deed, now: datetime) -> None:
        """Write a person's ledger as it was read and changed, and the deed's audit entry with it, both or none, or raise PatientMoved."""
        ...
