"""The dictionary and its cache, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from guahao.domain.dictionary.dictionary import TOP, Entry, Term
from guahao.domain.errors import DictionaryChanged

_BEGUN, _PUBLISHED = "begun", "published"


class FakeDictionary:
    """A dictionary that counts the requests made of it."""

    def __init__(self) -> None:
        self.requests = 0
        self._current: str | None = None
        self._known: dict[str, tuple[str, datetime]] = {}
        self._rows: dict[str, dict[int, tuple[Entry, str]]] = {}

    def version(self) -> str | None:
        self.requests += 1
        return self._current

    def children(self, version: str, entry_id: int) -> list[Entry] | None:
        self.requests += 1
        rows = self._rows.get(version, {})
        if entry_id != TOP and entry_id not in rows:
            return None
        return sorted((entry for entry, _ in rows.values() if entry.parent_id == entry_id), key=lambda entry: entry.position)

    def children_of_code(self, version: str, code: str) -> list[Entry] | None:
        found = [entry.id for entry, _ in self._rows.get(version, {}).values() if entry.code == code]
        return self.children(version, found[0]) if found else None

    def names(self, version: str, terms: Collection[Term]) -> dict[Term, str]:
        self.requests += 1
        rows = self._rows.get(version, {}).values()
        return {(root, entry.value): entry.name for entry, root in rows if root and (root, entry.value) in terms}

    def count(self, version: str) -> int:
        return len(self._rows.get(version, {}))

    def walk(self, version: str, below: int = TOP) -> Iterator[Entry]:
        for entry in self.children(version, below) or []:
            yield entry
            yield from self.walk(version, entry.id)

    def begin(self, version: str, now: datetime) -> None:
        if self._known.get(version, (_BEGUN, now))[0] != _BEGUN:
            raise DictionaryChanged("It was published before.")
        self._known[version] = (_BEGUN, now)

    def write(self, version: str, rows: Iterable[tuple[Entry, str]]) -> None:
        self._rows.setdefault(version, {}).update({entry.id: (entry, root) for entry, root in rows})

    def publish(self, version: str, expected: str | None, now: datetime) -> None:
        if self._current == version:
            return
        if self._current != expected or self._known.get(version, ("", now))[0] != _BEGUN:
            raise DictionaryChanged("Another was published.")
        self._current = version
        self._known |= {changed: (_PUBLISHED, now) for changed in (version, expected) if changed}

    def stale(self, before: datetime) -> list[str]:
        return [version for version, (_, since) in self._known.items() if since < before and version != self._current]

    def drop(self, version: str) -> None:
        if version == self._current:
            raise DictionaryChanged("It is current.")
        self._known.pop(version, None)
        self._rows.pop(version, None)


class FakeDictionaryCache:
    """A cache that keeps what it is told until it is emptied or stopped."""

    def __init__(self) -> None:
        self.requests, self.stopped = 0, False
        self._version: str | None = None
        self._kept: dict[Any, tuple[str, Any]] = {}

    def empty(self) -> None:
        self._version, self._kept = None, {}

    def children(self, entry_id: int) -> tuple[str | None, list[Entry] | None]:
        version, found = self._recall([entry_id])
        return version, found.get(entry_id)

    def children_of_code(self, code: str) -> tuple[str | None, list[Entry] | None]:
        version, found = self._recall([code])
        return version, found.get(code)

    def names(self, terms: Collection[Term]) -> tuple[str | None, dict[Term, str]]:
        return self._recall(terms)

    def remember_children(self, version: str, entry_id: int, entries: list[Entry]) -> None:
        self._remember(version, {entry_id: entries})

    def remember_children_of_code(self, version: str, code: str, entries: list[Entry]) -> None:
        self._remember(version, {code: entries})

    def remember_names(self, version: str, names: dict[Term, str]) -> None:
        self._remember(version, names)

    def set_version(self, version: str) -> None:
        self._version = None if self.stopped else version

    def _recall(self, keys: Collection[Any]) -> tuple[str | None, dict[Any, Any]]:
        self.requests += 1
        if self.stopped:
            return None, {}
        kept = {key: self._kept[key] for key in keys if key in self._kept}
        return self._version, {key: value for key, (of, value) in kept.items() if of == self._version}

    def _remember(self, version: str, values: dict[Any, Any]) -> None:
        self.requests += 1
        if not self.stopped:
            self._version = self._version or version
            self._kept |= {key: (version, value) for key, value in values.items()}


class FakeNames:
    """Names as set by the test, and what was asked for."""

    def __init__(self, names: dict[Term, str] | None = None) -> None:
        self.known = names or {}
        self.asked: list[set[Term]] = []

    def names(self, terms: Collection[Term]) -> dict[Term, str]:
        self.asked.append(set(terms))
        return {term: name for term, name in self.known.items() if term in terms}
