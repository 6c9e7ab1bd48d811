"""Spreadsheets: what a cell can hold, and what is too much of a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

MOST_FILE_BYTES = 4 * 1024 * 1024
"""As large as a file can come in through the gateway, which passes it on in base64."""
MOST_CONTENT_BYTES = 100 * 1024 * 1024
"""So much text a file may unpack to."""
LONGEST_TEXT = 32_767
"""The longest text that a cell can hold."""


class Formula(str):
    """The text of a formula, beginning with =, or of what a formula could not compute, like #N/A."""

    __slots__ = ()


Cell = str | int | float | bool | datetime | Formula | None


class Row(NamedTuple):
    """A row by its number in the sheet, from 1, and its cells by column, from 0; empty ones are left out."""

    number: int
    cells: Mapping[int, Cell]


class Marked(NamedTuple):
    """A cell that is to be seen at once."""

    cell: Cell


_DANGEROUS = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def neutral(text: str) -> str:
    """Return text that no program takes for a formula.

    Typed as text, `=1+1` is harmless in the workbook itself; but saved from there as CSV and opened again, it runs. An apostrophe in front
    stays with it through both, and `plain` takes exactly one away, so that whatever is exported comes back as it was.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def plain(text: str) -> str:
    """Undo `neutral`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text
