"""The audit log in memory. A fake store that writes an entry with its change calls `append` once its own conditions hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from threading import Lock

from guahao.domain.administration.audit_log import AuditEntry, ChainHead, SealedEntry, seal_after
from guahao.domain.errors import Invalid
from guahao.ports.pages import Page


class FakeAuditLog:
    def __init__(self) -> None:
        self.entries: list[SealedEntry] = []
        self.last: ChainHead | None = None
        self._lock = Lock()

    def head(self) -> ChainHead | None:
        return self.last

    def append(self, entry: AuditEntry, now: datetime) -> SealedEntry:
        with self._lock:
            sealed = seal_after(self.last, entry, now)
            self.entries.append(sealed)
            self.last = sealed.tip
            return sealed

    def all(self) -> Iterator[SealedEntry]:
        return iter(list(self.entries))

    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> Page[SealedEntry]:
        found = [sealed for sealed in self.entries[::-1] if first <= sealed.day <= last and actor in ("", sealed.entry.actor)]
        if cursor:
            if cursor not in map(_cursor, self.entries):
                raise Invalid("This cursor is not one of ours.", [{"field": "cursor", "reason": "take it from an earlier answer"}])
            found = [sealed for sealed in found if _cursor(sealed) < cursor]
        return Page(found[:limit], _cursor(found[limit - 1]) if len(found) > limit else None)


def _cursor(sealed: SealedEntry) -> str:
    return f"{sealed.day}#{sealed.sequence:09}"
