"""Reading the audit log: finding entries, and verifying that none was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from guahao.domain.administration.administrators import Role
from guahao.domain.administration.audit_log import ChainHead, SealedEntry, fault_of
from guahao.domain.errors import Invalid
from guahao.domain.periods import require_in_order
from guahao.domain.time import shanghai_date
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.clock import Clock
from guahao.ports.pages import Page

if TYPE_CHECKING:
    from guahao.contracts.queries import AuditLogQuery

USUAL_DAYS = 7
# A limit, because each day is a query of its own.
MOST_DAYS = 92
# An auditor's page is short, with a cursor, if so many reads of the log did not fill it.
_READS = 10


@dataclass(frozen=True)
class AuditLogReader:
    """The audit log: owners read all of it, auditors what was done with identities."""

    log: AuditLog
    clock: Clock

    def find(self, role: str, query: AuditLogQuery) -> Page[SealedEntry]:
        """Return a page of the entries of the days, newest first, by default of seven days up to today, or raise Invalid."""
        last = query.last or shanghai_date(self.clock())
        first = query.first or last - timedelta(days=USUAL_DAYS - 1)
        require_in_order(first, last)
        if (last - first).days >= MOST_DAYS:
            raise Invalid("Ask for fewer days.", [{"field": "from", "reason": f"at most {MOST_DAYS} days with `to`"}])
        if role == Role.OWNER:
            return self.log.find(query.actor, first, last, query.limit, query.cursor)
        found: list[SealedEntry] = []
        cursor = query.cursor
        for _ in range(_READS):
            page = self.log.find(query.actor, first, last, query.limit - len(found), cursor)
            found += [sealed for sealed in page.items if sealed.entry.is_of_an_identity]
            cursor = page.next_cursor
            if cursor is None or len(found) == query.limit:
                break
        return Page(found, cursor)


@dataclass(frozen=True)
class Verification:
    """How many entries were read before the first fault (empty: no fault), and where the chain ends."""

    days: int
    entries: int
    tip: ChainHead | None
    fault: str = ""


def verify(log: AuditLog, noted_hash: str = "") -> Verification:
    """Verify the chain from its first entry to the last one that the head names; entries added meanwhile are no fault.

    A log that was rewritten as a whole is detected only by a hash noted earlier, which must be in the chain.
    """
    named = log.head()
    days, entries, last, fault = 0, 0, None, ""
    missing = {noted_hash, named.hash if named else ""} - {""}
    for sealed in log.all():
        if fault := fault_of(sealed, last):
            return Verification(days, entries, last, f"Entry {sealed.sequence} of {sealed.day}: {fault}.")
        days += last is None or last.day < sealed.day
        entries, last = entries + 1, sealed.tip
        missing.discard(sealed.hash)
    if named and named.hash in missing:
        fault = f"Entry {named.sequence} of {named.day}, the last one by the log's head, is missing."
    elif missing:
        fault = "No entry has the noted hash: the log was rewritten."
    elif last and _place(last) > _place(log.head()):
        fault = f"Entry {last.sequence} of {last.day} is after the last one by the log's head: it was added by hand."
    return Verification(days, entries, last, fault)


def _place(tip: ChainHead | None) -> tuple[date, int]:
    return (tip.day, tip.sequence) if tip else (date.min, 0)
