"""Reading the audit log: look up who did what, and prove that nothing in it was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from guahao.domain.audit_log import Tip, fault_of
from guahao.domain.errors import Invalid
from guahao.domain.periods import require_in_order
from guahao.domain.time import shanghai_date
from guahao.ports.audit_log import AuditLog, EntryPage
from guahao.ports.clock import Clock

USUAL_DAYS = 7
# Days are asked for one by one.
MOST_DAYS = 92


@dataclass(frozen=True)
class Deeds:
    """What administrators did."""

    log: AuditLog
    clock: Clock

    def find(self, actor: str, first: date | None, last: date | None, limit: int, cursor: str | None) -> EntryPage:
        """Return a page of the days asked for, by default the last seven up to today, newest first, or raise Invalid."""
        last = last or shanghai_date(self.clock())
        first = first or last - timedelta(days=USUAL_DAYS - 1)
        require_in_order(first, last)
        if (last - first).days >= MOST_DAYS:
            raise Invalid("Ask for fewer days.", [{"field": "from", "reason": f"at most {MOST_DAYS} days with `to`"}])
        return self.log.find(actor, first, last, limit, cursor)


@dataclass(frozen=True)
class Verdict:
    """How much of the log was read, up to the first fault (empty: there is none), and where the chain ends."""

    days: int
    entries: int
    tip: Tip | None
    fault: str = ""


def verify(log: AuditLog, noted_hash: str = "") -> Verdict:
    """Follow the chain from its beginning to the entry that the log calls its last; entries that are added meanwhile are no fault.

    A log that was rewritten as a whole can only be told by a hash that was noted before: it must be in the chain.
    """
    named = log.head()
    days, entries, last, fault = 0, 0, None, ""
    missing = {noted_hash, named.hash if named else ""} - {""}
    for entry in log.all():
        if fault := fault_of(entry, last):
            return Verdict(days, entries, last, f"Entry {entry.sequence} of {entry.day}: {fault}.")
        days += last is None or last.day < entry.day
        entries, last = entries + 1, entry.tip
        missing.discard(entry.hash)
    if named and named.hash in missing:
        fault = f"Entry {named.sequence} of {named.day}, the last that the log names, is not there."
    elif missing:
        fault = "No entry has the noted hash: the log was rewritten."
    elif last and _place(last) > _place(log.head()):
        fault = f"Entry {last.sequence} of {last.day} is not the last that the log names: it was added by hand."
    return Verdict(days, entries, last, fault)


def _place(tip: Tip | None) -> tuple[date, int]:
    return (tip.day, tip.sequence) if tip else (date.min, 0)
