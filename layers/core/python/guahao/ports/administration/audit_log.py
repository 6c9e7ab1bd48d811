"""The audit log as the use cases need it.

A store that makes an audited change takes the entry and writes both in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Protocol

from guahao.domain.administration.audit_log import AuditEntry, ChainHead, SealedEntry
from guahao.ports.pages import Page


class AuditLog(Protocol):
    """The audit log. Its entries are never changed or removed."""

    def append(self, entry: AuditEntry, now: datetime) -> SealedEntry:
        """Add the entry to the end of the chain and return it sealed, or raise Unavailable."""
        ...

    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> Page[SealedEntry]:
        """Return a page of the entries of the days, newest first, of one actor or of all (empty); raise Invalid for a wrong cursor."""
        ...

    def all(self) -> Iterator[SealedEntry]:
        """Yield every entry in the order of the chain, tampered ones too, from the first day to the day of the last entry."""
        ...

    def head(self) -> ChainHead | None:
        """Return the place and hash of the last entry as the log's head names it, None before the first entry."""
        ...
