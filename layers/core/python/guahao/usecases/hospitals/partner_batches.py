"""Batches that partner systems publish: each element is handled on its own and has its own outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from guahao.contracts.partner import BrokenEntry, Entry
from guahao.domain.hospitals.publishing import Fault, Published

Read = TypeVar("Read", bound=Entry)


@dataclass(frozen=True)
class Outcome:
    """What happened to one element, and why it was rejected if it was."""

    key: str
    result: Published
    errors: Sequence[Fault] = ()


def readable(entries: Sequence[Read | BrokenEntry]) -> Iterator[Read | Outcome]:
    """Yield the elements that can be handled, and a rejection for each of the others."""
    seen: set[str] = set()
    for entry in entries:
        if isinstance(entry, BrokenEntry):
            yield Outcome(entry.key, Published.REJECTED, entry.errors)
        elif entry.key in seen:
            reason = "this batch has it twice; only the first counts"
            yield Outcome(entry.key, Published.REJECTED, [{"field": entry.key_field, "reason": reason}])
        else:
            yield entry
        seen.add(entry.key)
