"""The reader of a workbook's first sheet, row by row; infra/decisions/0012-sheets-are-read-by-our-own-reader.md says why not openpyxl."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from math import inf, isfinite
from typing import BinaryIO

from guahao.adapters.xlsx.parts import Parts
from guahao.adapters.xlsx.texts import Collector, SharedTexts, unescaped
from guahao.adapters.xlsx.workbook import Links, Styles, Workbook, name_of_workbook, whole
from guahao.domain.administration.spreadsheets import Cell, Formula, Row, plain
from guahao.domain.errors import SpreadsheetRefused

_MOST_COLUMNS = 16_384
# None of our sheets has more columns. Cells beyond are ignored, because a few bytes can refer to a long text again and again.
_COLUMNS_READ = 64
_FIRST_DAY, _DAYS = datetime(1899, 12, 30), 2_958_465
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}", re.ASCII)


class _Sheet:
    """Collects rows until they are taken."""

    def __init__(self, texts: SharedTexts, of_dates: bytearray, days_before: int) -> None:
        self.rows: list[Row] = []
        self._texts, self._of_dates, self._days_before = texts, of_dates, days_before
        self._collector = Collector()
        self._row, self._column = 0, -1
        self._cells: dict[int, Cell] = {}
        self._in_cell = False
        self._kind, self._style = "n", 0
        self._formula: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            row = whole(attributes.get("r"), self._row + 1)
            if row <= self._row:
                raise SpreadsheetRefused("The rows of the sheet are not in order. Save it once more as .xlsx.")
            self._row, self._column, self._cells = row, -1, {}
        elif tag == "c":
            self._column = _column(attributes.get("r"), self._column + 1)
            self._kind, self._style, self._formula = attributes.get("t", "n"), whole(attributes.get("s"), 0), None
            self._in_cell = True
            self._collector.begin()
        elif self._in_cell:
            self._collector.start(tag)

    def end(self, tag: str) -> None:
        if tag == "c":
            self._in_cell = False
            text = self._collector.take()
            cell = self._cell(text) if self._column < _COLUMNS_READ else None
            if cell is not None:
                self._cells[self._column] = cell
        elif tag == "row" and self._cells:
            self.rows.append(Row(self._row, self._cells))
        elif self._in_cell:
            self._collector.end(tag)
            if tag == "f":
                self._formula = self._collector.take()
                self._collector.begin()

    def text(self, text: str) -> None:
        self._collector.text(text)

    def _cell(self, text: str) -> Cell:
        if self._formula is not None:
            return Formula(f"={self._formula}")
        if text == "":
            return None
        match self._kind:
            case "n":
                return self._moment(_amount(text))
            case "s":
                return plain(self._texts[whole(text, -1)])
            case "b":
                return text == "1"
            case "e":
                return Formula(text)
            case _:
                return plain(unescaped(text))

    def _moment(self, amount: int | float) -> Cell:
        is_date = self._style < len(self._of_dates) and self._of_dates[self._style]
        days = amount + self._days_before
        return _FIRST_DAY + timedelta(seconds=round(days * 86_400)) if is_date and 0 <= days < _DAYS else amount


def read_sheet(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows of the first sheet that are not empty, in order, or raise SpreadsheetRefused; memory use stays constant."""
    parts = Parts(file)
    name = name_of_workbook(parts)
    links, workbook, styles = Links(parts, name), Workbook(parts, name), Styles()
    if "styles" in links.of_kind:
        parts.read_whole(links.of_kind["styles"], styles)
    # A database without a name lies in a temporary file that is deleted when it is closed.
    with closing(sqlite3.connect("")) as database:
        texts = SharedTexts(database)
        if "sharedStrings" in links.of_kind:
            for _ in parts.read(links.of_kind["sharedStrings"], texts):
                texts.flush()
        sheet = _Sheet(texts, styles.of_dates, workbook.days_before)
        for _ in parts.read(links.of_id.get(workbook.sheet, ""), sheet):
            yield from sheet.rows
            sheet.rows.clear()


def require_workbook(file: BinaryIO) -> None:
    """Check by its table of contents that the file can be a workbook, or raise SpreadsheetRefused."""
    name_of_workbook(Parts(file))


def _column(reference: str | None, otherwise: int) -> int:
    """Return the column, from 0, of a cell reference like AB12."""
    if reference is None:
        return otherwise
    match = _REFERENCE.fullmatch(reference)
    column = 0
    for letter in match.group(1) if match else "":
        column = column * 26 + ord(letter) - 64
    if not 0 < column <= _MOST_COLUMNS:
        raise SpreadsheetRefused("A cell of the sheet lies outside of it. Save it once more as .xlsx.")
    return column - 1


def _amount(text: str) -> int | float:
    try:
        amount = int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else float(text)
    except ValueError:
        amount = inf
    if isfinite(amount):
        return amount
    raise SpreadsheetRefused("A cell should have a number and does not. Save the file once more as .xlsx.")
