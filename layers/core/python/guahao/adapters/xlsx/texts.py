"""The texts of a workbook, within limits and kept on disk."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import lru_cache
from typing import IO

from guahao.adapters.xlsx.elements import Attributes, Element
from guahao.domain.administration.spreadsheets import LONGEST_TEXT
from guahao.domain.errors import SpreadsheetRefused

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
# No XML may hold them: no program can open a file that does.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_END = "\0"
_TEXTS_OF_A_PAGE, _LENGTH_OF_A_PAGE, _PAGES = 64, 16 * 1024, 32


class Collector:
    """Collects the runs of a text, without the reading aids of Chinese and Japanese names."""

    def __init__(self) -> None:
        self._runs: list[str] = []
        self._length = 0
        run = Element("t", end_of_text=self._take)
        self.elements = (run, Element("r", (Element("t", end_of_text=self._take),)))

    def begin(self, _: Attributes | None = None) -> None:
        self._runs.clear()
        self._length = 0

    def _take(self, run: str) -> None:
        self._length += len(run)
        if self._length > LONGEST_TEXT:
            raise SpreadsheetRefused(f"A cell of the sheet holds more than {LONGEST_TEXT} characters. Shorten it.")
        self._runs.append(unescaped(run))

    def text(self) -> str:
        return self._runs[0] if len(self._runs) == 1 else "".join(self._runs)


class SharedTexts:
    """The texts that cells refer to by number, in pages in a temporary file; the pages used last are in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._collector = Collector()
        self.root = Element(children=(Element("si", self._collector.elements, begin=self._collector.begin, end=self._found),))
        self._open: list[str] = []
        self._length = 0
        self._count = 0
        # The number of each page's first text, and where the page begins in the file.
        self._firsts, self._places = array("L"), array("Q", [0])
        self._page = lru_cache(_PAGES)(self._read)

    def _found(self) -> None:
        text = self._collector.text()
        self._open.append(text)
        self._length += len(text)
        if len(self._open) == _TEXTS_OF_A_PAGE or self._length > _LENGTH_OF_A_PAGE:
            self.close_page()

    def close_page(self) -> None:
        """Write the texts of the open page."""
        if self._open:
            written = self._file.write(_END.join(self._open).encode())
            self._firsts.append(self._count)
            self._places.append(self._places[-1] + written)
            self._count += len(self._open)
            self._open, self._length = [], 0

    def get(self, number: int) -> str | None:
        """Return the text of this number, None if the file has none."""
        if not 0 <= number < self._count:
            return None
        page = bisect_right(self._firsts, number) - 1
        return self._page(page)[number - self._firsts[page]]

    def _read(self, page: int) -> list[str]:
        self._file.seek(self._places[page])
        return self._file.read(self._places[page + 1] - self._places[page]).decode().split(_END)


def escaped(text: str) -> str:
    """Return the text with everything escaped that the format would take for an escape."""
    text = _LIKE_AN_ESCAPE.sub("_x005F_", text) if "_x" in text else text
    return text.replace("\r", "_x000D_")


def writable(text: str) -> str:
    """Return the text without the characters that no XML may hold."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def unescaped(text: str) -> str:
    """Return the text of one element with the format's escapes, like _x000D_, replaced by their characters."""
    if "_x" not in text:
        return text
    replaced = _PAIR.sub(_joined, _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text))
    return re.sub("[\0\ufffe\uffff\ud800-\udfff]", _REPLACEMENT, replaced)


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
