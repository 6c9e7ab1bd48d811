"""What an import of the dictionary needs: a place for the rows of a spreadsheet until it is known that all of them are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from guahao.domain.dictionary import Entry, Fault
from guahao.domain.spreadsheets import Cell

UNREADABLE = -1
"""Stands for an id that a row does not tell."""


class Line(NamedTuple):
    """A row of the spreadsheet by its number, its cells as they were typed, formulas left out, and all that is wrong with it."""

    number: int
    cells: Sequence[Cell]
    faults: Sequence[Fault]


class Draft(Protocol):
    """The rows of one spreadsheet, outside of memory, however many they are."""

    def add(self, line: Line, entry: Entry) -> None:
        """Keep a line with the entry that it tells; of a faulty one matter only the ids, UNREADABLE if they are."""
        ...

    def compare(self) -> None:
        """Find what is wrong between the lines, when all are there."""
        ...

    def size(self) -> int:
        """Return how many lines there are."""
        ...

    def fault_count(self) -> int:
        """Return how many faults there are."""
        ...

    def faults(self) -> Iterator[tuple[int, Fault]]:
        """Yield the faults with the numbers of their lines, in order."""
        ...

    def lines(self) -> Iterator[Line]:
        """Yield the lines in order."""
        ...

    def entries(self) -> Iterator[tuple[Entry, str]]:
        """Yield the entries of a draft without faults, each with the code of the nearest root above it.

        They come depth first, siblings in the order of their lines, and know their position and whether anything stands below them.
        """
        ...


OpenDraft = Callable[[], AbstractContextManager[Draft]]
"""Open an empty draft; nothing remains of it at the end."""
