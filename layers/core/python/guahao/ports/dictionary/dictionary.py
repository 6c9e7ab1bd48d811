"""The dictionary's store and its cache, as the use cases need them.

The dictionary is versioned. A new version is written beside the current one and becomes current by one conditional write, so that readers
see the whole old dictionary or the whole new one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from guahao.domain.dictionary.dictionary import Entry, Term


class Dictionary(Protocol):
    """The dictionary as readers need it. An unknown version is empty."""

    def version(self) -> str | None:
        """Return the current version, None if nothing was ever published."""
        ...

    def children(self, version: str, entry_id: int) -> list[Entry] | None:
        """Return the entries below the entry, in order, or None if there is no such entry; TOP always exists."""
        ...

    def children_of_code(self, version: str, code: str) -> list[Entry] | None:
        """Return the entries below the root with the code, in order, or None if there is no such root."""
        ...

    def names(self, version: str, terms: Collection[Term]) -> dict[Term, str]:
        """Return the names of those of the terms that exist."""
        ...

    def count(self, version: str) -> int:
        """Return how many entries there are, with far fewer reads than `walk`."""
        ...

    def walk(self, version: str) -> Iterator[Entry]:
        """Yield every entry, depth first, siblings in order, each parent before its children; memory use stays constant."""
        ...


class DictionaryWriter(Dictionary, Protocol):
    """The dictionary as an import needs it. Each step may be repeated, also after a kill in the middle of it."""

    def begin(self, version: str, now: datetime) -> None:
        """Note that the version is being written, or raise DictionaryChanged if it was published or is being removed."""
        ...

    def write(self, version: str, rows: Iterable[tuple[Entry, str]]) -> None:
        """Store entries of the version, in any order and any number of calls.

        Each entry comes with the code of the nearest root above it ("" if there is none); its `position` and `has_children` are set.
        """
        ...

    def publish(self, version: str, expected: str | None, now: datetime) -> None:
        """Make the version current if `expected` is still current, or raise DictionaryChanged; repeating this changes nothing."""
        ...

    def stale(self, before: datetime) -> list[str]:
        """Return the versions, except the current one, that were begun or replaced before the moment."""
        ...

    def drop(self, version: str) -> None:
        """Remove the version, or raise DictionaryChanged if it is current."""
        ...


class DictionaryCache(Protocol):
    """A cache of what was read; one that does not answer is like an empty one. Each method is one round trip."""

    def children(self, entry_id: int) -> tuple[str | None, list[Entry] | None]:
        """Return the current version and the entries below the entry in it, None for what is not cached."""
        ...

    def children_of_code(self, code: str) -> tuple[str | None, list[Entry] | None]:
        """Return the current version and the entries below the root in it, None for what is not cached."""
        ...

    def names(self, terms: Collection[Term]) -> tuple[str | None, dict[Term, str]]:
        """Return the current version, None if it is not cached, and the names that are cached."""
        ...

    def remember_children(self, version: str, entry_id: int, entries: list[Entry]) -> None: ...

    def remember_children_of_code(self, version: str, code: str, entries: list[Entry]) -> None: ...

    def remember_names(self, version: str, names: dict[Term, str]) -> None: ...

    def set_version(self, version: str) -> None:
        """Make all readers use this version as the current one at once."""
        ...


class Names(Protocol):
    """The names of coded values."""

    def names(self, terms: Collection[Term]) -> dict[Term, str]:
        """Return the names of those of the terms that exist."""
        ...
