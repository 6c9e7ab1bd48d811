"""The dictionary: reading it from the cache or else the store, and replacing it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from guahao.domain.dictionary.dictionary import HIGHEST_ID, TOP, Entry, Term, former_terms, is_code, is_term, same_content, whole_number
from guahao.domain.errors import NotFound
from guahao.ports.clock import Clock
from guahao.ports.dictionary.dictionary import Dictionary, DictionaryCache, DictionaryWriter

if TYPE_CHECKING:
    from guahao.contracts.queries import LevelQuery, NamesQuery

# How long a version is kept for processes that still read it, or for an import that is writing it.
_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class DictionaryService:
    """The current dictionary. Its store is opened only for what the cache lacks."""

    open_store: Callable[[], Dictionary]
    cache: DictionaryCache

    def children(self, entry_id: int | str) -> list[Entry]:
        """Return the entries below the entry, or below TOP, or raise NotFound."""
        number = whole_number(entry_id)
        if number is None or not TOP <= number <= HIGHEST_ID:
            raise _unknown()
        version, found = self.cache.children(number)
        if found is None:
            store = self.open_store()
            version = version or _current(store)
            found = _known(store.children(version, number))
            self.cache.remember_children(version, number, found)
        return found

    def children_of_code(self, code: str) -> list[Entry]:
        """Return the entries below the root with the code, or raise NotFound."""
        if not is_code(code):
            raise _unknown()
        version, found = self.cache.children_of_code(code)
        if found is None:
            store = self.open_store()
            version = version or _current(store)
            found = _known(store.children_of_code(version, code))
            self.cache.remember_children_of_code(version, code, found)
        return found

    def level(self, query: LevelQuery) -> list[Entry]:
        """Return the level that is asked for or raise NotFound."""
        return self.children(query.parent_id)

    def names_asked_for(self, query: NamesQuery) -> dict[Term, str]:
        """Return the names of those of the values asked for that exist."""
        return self.names(query.terms)

    def names(self, terms: Collection[Term]) -> dict[Term, str]:
        """Return the names of those of the terms that exist, or existed once, all from one version."""
        wanted = {term for term in terms if is_term(term)}
        if not wanted:
            return {}
        version, found = self.cache.names(wanted)
        if missing := wanted - found.keys():
            store = self.open_store()
            version = version or _current(store)
            read = _names(store, version, missing)
            self.cache.remember_names(version, read)
            found |= read
        return found

    def unknown(self, terms: Collection[Term]) -> set[Term]:
        """Return those of the terms that do not exist, none if there is no dictionary yet."""
        missing = set(terms) - self.names(terms).keys()
        return missing if missing and self.open_store().version() else set()

    def unknown_regions(self, codes: Collection[str]) -> set[str]:
        """Return those of the codes that no region has, likewise."""
        return {code for _, code in self.unknown({("Province", code) for code in codes})}


@dataclass(frozen=True)
class DictionaryPublisher:
    """Replaces the dictionary, whole or not at all. It may be killed anywhere and run again with the same rows."""

    store: DictionaryWriter
    cache: DictionaryCache
    clock: Clock

    def publish(self, version: str, rows: Iterable[tuple[Entry, str]]) -> bool:
        """Publish the rows, each with the code of the root above it, as the dictionary; return whether that changed anything.

        Raises DictionaryChanged if somebody else publishes at the same time.
        """
        now, current = self.clock(), self.store.version()
        if current and same_content(current, version):
            self.cache.set_version(current)
            return False
        for stale in self.store.stale(now - _KEPT):
            self.store.drop(stale)
        self.store.begin(version, now)
        self.store.write(version, rows)
        self.store.publish(version, current, self.clock())
        self.cache.set_version(version)
        return True


def _current(store: Dictionary) -> str:
    return store.version() or ""


def _names(store: Dictionary, version: str, terms: Collection[Term]) -> dict[Term, str]:
    """Return the names of the terms that exist and of those that are former ones of their root."""
    found = store.names(version, terms)
    if lost := former_terms(set(terms) - found.keys()):
        former = store.names(version, set(lost.values()))
        found |= {term: former[where] for term, where in lost.items() if where in former}
    return found


def _known(entries: list[Entry] | None) -> list[Entry]:
    if entries is None:
        raise _unknown()
    return entries


def _unknown() -> NotFound:
    return NotFound("The dictionary has no such entry. GET /api/dictionary/items/0/children lists its roots.")
