"""What the use cases need to keep and read the audit log.

A change that must be in the log is written by its own store in one transaction with the entry: such a method takes the deed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from guahao.domain.audit_log import Deed, Entry, Tip


@dataclass(frozen=True)
class EntryPage:
    items: list[Entry]
    next_cursor: str | None


class AuditLog(Protocol):
    """The log; nothing here changes or removes an entry."""

    def append(self, deed: Deed, now: datetime) -> Entry:
        """Add the deed as the last entry and return it, or raise Unavailable."""
        ...

    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> EntryPage:
        """Return entries of the days, both among them, newest first, of one actor or (empty) of all; raise Invalid for a wrong cursor."""
        ...

    def all(self) -> Iterator[Entry]:
        """Yield every entry in the order of the chain, from the first day to that of the last entry. What was tampered with comes too."""
        ...

    def head(self) -> Tip | None:
        """Return what the log knows to be its last entry, None before the first."""
        ...
