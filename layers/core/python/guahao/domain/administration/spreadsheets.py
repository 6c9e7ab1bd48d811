"""Spreadsheets: the values of cells, and limits for files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
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


Cell = str | int | float | bool | datetime | Formula | None


class Row(NamedTuple):
    """A row with its number in the sheet, from 1, and its cells by column, from 0, without the empty ones."""

    number: int
    cells: Mapping[int, Cell]


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
