"""The texts of a workbook, within limits and kept on disk."""

from __future__ import annotations

import re
import sqlite3

from guahao.domain.administration.spreadsheets import LONGEST_TEXT
from guahao.domain.errors import SpreadsheetRefused

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Collector:
    """Collects the text of a cell, without the reading aids of Chinese and Japanese names."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._taking = False
        self._aside = False

    def begin(self) -> None:
        self._pieces.clear()
        self._length, self._taking, self._aside = 0, False, False

    def start(self, tag: str) -> None:
        if tag == "rPh":
            self._aside = True
        self._taking = tag in ("t", "v", "f") and not self._aside

    def end(self, tag: str) -> None:
        self._taking = False
        if tag == "rPh":
            self._aside = False

    def text(self, text: str) -> None:
        if self._taking:
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise SpreadsheetRefused(f"A cell of the sheet holds more than {LONGEST_TEXT} characters. Shorten it.")
            self._pieces.append(text)

    def take(self) -> str:
        return "".join(self._pieces)


class SharedTexts:
    """The texts that cells refer to by number, kept in a database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT)")
        self._database = database
        self._collector = Collector()
        self._found: list[tuple[int, str]] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._collector.begin()
        else:
            self._collector.start(tag)

    def end(self, tag: str) -> None:
        self._collector.end(tag)
        if tag == "si":
            self._found.append((self._count, unescaped(self._collector.take())))
            self._count += 1

    def text(self, text: str) -> None:
        self._collector.text(text)

    def flush(self) -> None:
        """Store the texts found since the last call."""
        self._database.executemany("INSERT INTO texts VALUES (?, ?)", self._found)
        self._found.clear()

    def __getitem__(self, number: int) -> str:
        found = self._database.execute("SELECT text FROM texts WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise SpreadsheetRefused("A cell refers to a text that the file does not have. Save it once more as .xlsx.")
        text: str = found[0]
        return text


def escaped(text: str) -> str:
    """Return the text with everything escaped that the format would take for an escape."""
    return _LIKE_AN_ESCAPE.sub("_x005F_", text)


def unescaped(text: str) -> str:
    """Return the text with the format's escapes, like _x000D_, replaced by their characters."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(escape: re.Match[str]) -> str:
    code = int(escape.group(1), 16)
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else chr(code)
