"""The draft of an import, which keeps the rows of a spreadsheet until all of them are known to be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from guahao.domain.administration.spreadsheets import Cell
from guahao.domain.dictionary.dictionary import Entry, Fault

UNREADABLE = -1
"""The id of a row whose id cannot be read."""


class Line(NamedTuple):
    """A row of the spreadsheet: its number, its cells as they were read, and its faults."""

    number: int
    cells: Sequence[Cell]
    faults: Sequence[Fault]


class Draft(Protocol):
    """The rows of one spreadsheet, kept outside of memory because there may be many."""

    def add(self, line: Line, entry: Entry) -> None:
        """Add a line and its entry; of a faulty line only the entry's ids are used, UNREADABLE if they cannot be read."""
        ...

    def compare(self) -> None:
        """Find the faults between lines, when all lines are added."""
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

        They come depth first, siblings in the order of their lines, with position and `has_children` set.
        """
        ...


OpenDraft = Callable[[], AbstractContextManager[Draft]]
"""Open an empty draft, which is deleted at the end."""
