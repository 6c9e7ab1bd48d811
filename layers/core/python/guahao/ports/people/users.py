"""Users as administrators' use cases need them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.ledger import Ledger
from guahao.domain.people.accounts import User
from guahao.domain.people.users import UserFilter
from guahao.ports.pages import Page


class UserStore(Protocol):
    """The store of all users; a search may lag behind the last write by seconds."""

    def find(self, wanted: UserFilter, limit: int, cursor: str | None) -> Page[User]:
        """Return a page of the users that fit: sorted by name if a name is searched, else newest first.

        A page reads a limited number of users, so a search by name may have fewer than `limit`, even none, and still a cursor: go on until
        there is no cursor. Raises Invalid for a cursor of another search.
        """
        ...

    def move(self, before: User, after: User, entry: AuditEntry, now: datetime) -> None:
        """Write the user over `before` together with the audit entry, both or none, or raise VersionConflict."""
        ...

    def put_ledger(self, ledger: Ledger, entry: AuditEntry, now: datetime) -> None:
        """Write a person's changed ledger together with the audit entry, both or none, or raise VersionConflict."""
        ...
