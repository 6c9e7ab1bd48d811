"""What the use cases need from the dictionary's store and from its cache.

The dictionary is versioned: a version is written beside the current one and becomes current by one conditional write, so readers see
either the whole old or the whole new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from guahao.domain.dictionary import Entry, Term


class Dictionary(Protocol):
    """The dictionary as its readers need it. An unknown version is an empty one."""

    def version(self) -> str | None:
        """Return the current version, None while nothing was ever published."""
        ...

    def children(self, version: str, entry_id: int) -> list[Entry] | None:
        """Return what stands below the entry, in order, or None if there is no such entry; TOP always exists."""
        ...

    def children_of_code(self, version: str, code: str) -> list[Entry] | None:
        """Return what stands below the root with the code, in order, or None if there is no such root."""
        ...

    def names(self, version: str, terms: Collection[Term]) -> dict[Term, str]:
        """Return the names of those of the terms that exist."""
        ...

    def count(self, version: str) -> int:
        """Return how many entries there are, reading far less than a walk does."""
        ...

    def walk(self, version: str) -> Iterator[Entry]:
        """Yield every entry depth first, siblings in order, a parent before what is below it; memory stays flat."""
        ...


class DictionaryWriter(Dictionary, Protocol):
    """The dictionary as an import needs it; each step may be repeated, also after a kill in the middle of it."""

    def begin(self, version: str, now: datetime) -> None:
        """Note that the version is being written, or raise DictionaryChanged if it was published or is being removed."""
        ...

    def write(self, version: str, rows: Iterable[tuple[Entry, str]]) -> None:
        """Store entries of the version, in any order and in as many calls as one likes.

        Each comes with the code of the nearest root above it ("" if there is none), and knows its `position` and `has_children`.
        """
        ...

    def publish(self, version: str, expected: str | None, now: datetime) -> None:
        """Make the version current if `expected` is so still, or raise DictionaryChanged; once current, again changes nothing."""
        ...

    def stale(self, before: datetime) -> list[str]:
        """Return the versions that were begun, or ceased to be current, before the moment and are not current."""
        ...

    def drop(self, version: str) -> None:
        """Remove the version, or raise DictionaryChanged if it is current."""
        ...


class DictionaryCache(Protocol):
    """A short memory of what was read; one that does not answer is an empty one. Each method is one round trip."""

    def children(self, entry_id: int) -> tuple[str | None, list[Entry] | None]:
        """Return the current version and what stands below the entry in it, None for what is not known."""
        ...

    def children_of_code(self, code: str) -> tuple[str | None, list[Entry] | None]:
        """Return the current version and what stands below the root in it, None for what is not known."""
        ...

    def names(self, terms: Collection[Term]) -> tuple[str | None, dict[Term, str]]:
        """Return the current version, if known, and the names that are known."""
        ...

    def remember_children(self, version: str, entry_id: int, entries: list[Entry]) -> None: ...

    def remember_children_of_code(self, version: str, code: str, entries: list[Entry]) -> None: ...

    def remember_names(self, version: str, names: dict[Term, str]) -> None: ...

    def set_version(self, version: str) -> None:
        """Let every reader know at once that this version is current."""
        ...


class Names(Protocol):
    """Whoever knows the names of coded values."""

    def names(self, terms: Collection[Term]) -> dict[Term, str]:
        """Return the names of those of the terms that exist."""
        ...
