"""Spreadsheets: the values of cells, and limits for files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import NamedTuple

MOST_FILE_BYTES = 4 * 1024 * 1024
"""The largest file that can come through the gateway, which encodes it in base64."""
MOST_CONTENT_BYTES = 100 * 1024 * 1024
"""How much text a file may unpack to."""
LONGEST_TEXT = 32_767
"""The longest text of a cell."""


class Formula(str):
    """The text of a formula, beginning with =, or of a formula's error, like #N/A."""

    __slots__ = ()


class Broken(str):
    """What a cell holds that says of itself to be a number, a date or a text of the file, and is none."""

    __slots__ = ()


class Shown(NamedTuple):
    """A number that is shown otherwise than it is stored, and a format that shows it so: `000000` with zeros in front, `0%`."""

    number: int | float
    format: str

    @property
    def has_zeros(self) -> bool:
        """Tell whether zeros stand in front of it, which a text would have kept."""
        return self.format.strip("0") == ""


Cell = str | int | float | bool | datetime | time | timedelta | Shown | Formula | Broken | None


class Row(NamedTuple):
    """A row with its number in the sheet, from 1, and its cells by column, from 0, without the empty ones."""

    number: int
    cells: Mapping[int, Cell]


class Sheet(NamedTuple):
    """A sheet with its name and the rows that are not empty, in order."""

    name: str
    rows: Iterator[Row]


class Column(NamedTuple):
    """A column of a sheet that is written: its title, how many letters wide it is, and the format of its numbers."""

    title: str
    width: int
    format: str = ""


class Marked(NamedTuple):
    """A cell that is highlighted."""

    cell: Cell


_DANGEROUS = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def neutral(text: str) -> str:
    """Return text that no program takes for a formula.

    As text, `=1+1` is harmless in the workbook, but saved from there as CSV and opened again, it runs as a formula. An apostrophe in front
    survives both, and `plain` removes exactly one, so that an export can be imported unchanged.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def plain(text: str) -> str:
    """Undo `neutral`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text
