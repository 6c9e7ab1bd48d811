"""The audit log in memory. A fake store that writes a deed with its change calls `append` once its own conditions hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from threading import Lock

from guahao.domain.audit_log import Deed, Entry, Tip, entry_after
from guahao.domain.errors import Invalid
from guahao.ports.audit_log import EntryPage


class FakeAuditLog:
    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.last: Tip | None = None
        self._lock = Lock()

    def head(self) -> Tip | None:
        return self.last

    def append(self, deed: Deed, now: datetime) -> Entry:
        with self._lock:
            entry = entry_after(self.last, deed, now)
            self.entries.append(entry)
            self.last = entry.tip
            return entry

    def all(self) -> Iterator[Entry]:
        return iter(list(self.entries))

    def find(self, actor: str, first: date, last: date, limit: int, cursor: str | None) -> EntryPage:
        found = [entry for entry in self.entries[::-1] if first <= entry.day <= last and actor in ("", entry.deed.actor)]
        if cursor:
            if cursor not in map(_cursor, self.entries):
                raise Invalid("This cursor is not one of ours.", [{"field": "cursor", "reason": "take it from an earlier answer"}])
            found = [entry for entry in found if _cursor(entry) < cursor]
        return EntryPage(found[:limit], _cursor(found[limit - 1]) if len(found) > limit else None)


def _cursor(entry: Entry) -> str:
    return f"{entry.day}#{entry.sequence:09}"
