"""The reader of a workbook's first sheet, row by row; infra/decisions/0012-sheets-are-read-by-our-own-reader.md says why not openpyxl."""

from __future__ import annotations

import re
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

from guahao.adapters.xlsx.elements import Attributes, Element
from guahao.adapters.xlsx.numbers import amount_of, moment_of, shown
from guahao.adapters.xlsx.parts import Parts
from guahao.adapters.xlsx.texts import Collector, SharedTexts, unescaped
from guahao.adapters.xlsx.workbook import Links, Styles, Workbook, name_of_workbook, whole
from guahao.domain.administration.spreadsheets import Broken, Cell, Formula, Row, Sheet, plain
from guahao.domain.errors import SpreadsheetRefused

_MOST_COLUMNS = 16_384
# None of our sheets has more columns. Cells beyond are ignored, because a few bytes can refer to a long text again and again.
_COLUMNS_READ = 64
_DIGITS = "0123456789"
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}", re.ASCII)
_SPACES = " \t\r\n"


class _Rows:
    """Collects rows until they are taken."""

    def __init__(self, texts: SharedTexts, styles: Styles, from_1904: bool) -> None:
        self._found: list[Row] = []
        self._texts, self._styles, self._from_1904 = texts, styles, from_1904
        self._inline = Collector()
        self._row, self._column = 0, -1
        self._cells: dict[int, Cell] = {}
        self._kind: str = "n"
        self._style: str | None = None
        self._value = ""
        self._formula: str | None = None
        self._columns: dict[str, int] = {}
        value, formula = Element("v", end_of_text=self._take_value), Element("f", end_of_text=self._take_formula)
        cell = Element("c", (value, formula, Element("is", self._inline.elements)), begin=self._begin_cell, end=self._end_cell)
        row = Element("row", (cell,), begin=self._begin_row, end=self._end_row)
        self.root = Element(children=(Element("sheetData", (row,)),))

    def _begin_row(self, attributes: Attributes) -> None:
        row = whole(attributes.get("r"), self._row + 1)
        if row <= self._row:
            raise SpreadsheetRefused("The rows of the sheet are not in order. Save it once more as .xlsx.")
        self._row, self._column, self._cells = row, -1, {}

    def _end_row(self) -> None:
        if self._cells:
            self._found.append(Row(self._row, self._cells))

    def _begin_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            column = self._columns.get(reference.rstrip(_DIGITS))
            self._column = self._column_of(reference) if column is None else column
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s")
        self._value, self._formula = "", None
        if self._kind == "inlineStr":
            self._inline.begin()

    def _take_value(self, value: str) -> None:
        self._value = value

    def _take_formula(self, formula: str) -> None:
        self._formula = formula

    def _end_cell(self) -> None:
        if self._column < _COLUMNS_READ:
            cell = Formula(f"={self._formula}") if self._formula is not None else self._cell(self._value)
            if cell is not None:
                self._cells[self._column] = cell

    def _cell(self, value: str) -> Cell:
        kind = self._kind
        if kind == "inlineStr":
            text = self._inline.text()
            return plain(text) if text else None
        if not value:
            return None
        if kind == "s":
            shared = self._texts.get(int(value) if value.isdigit() and len(value) < 10 and value.isascii() else whole(value, -1))
            if shared is None:
                return Broken(value)
            return plain(shared) or None
        if kind == "str":
            return plain(unescaped(value))
        return self._other(kind, value.strip(_SPACES))

    def taken(self) -> list[Row]:
        """Return the rows found since the last call."""
        rows, self._found = self._found, []
        return rows

    def _other(self, kind: str, value: str) -> Cell:
        if kind == "n":
            amount = amount_of(value)
            # Most cells are numbers without a style, or of a plain one.
            return (
                amount
                if self._style is None or isinstance(amount, Broken)
                else shown(amount, self._styles.of(self._style), self._from_1904)
            )
        if kind == "d":
            return moment_of(value)
        if kind == "b":
            return value in ("1", "true") if value in ("0", "1", "true", "false") else Broken(value)
        return Formula(value) if kind == "e" else Broken(value)

    def _column_of(self, reference: str) -> int:
        """Return the column, from 0, of a cell reference like AB12, and remember its letters."""
        match = _REFERENCE.fullmatch(reference.strip(_SPACES).upper())
        column = 0
        for letter in match[1] if match else "":
            column = column * 26 + ord(letter) - 64
        if not 0 < column <= _MOST_COLUMNS:
            raise SpreadsheetRefused("A cell of the sheet lies outside of it. Save it once more as .xlsx.")
        if match and reference.rstrip(_DIGITS) == match[1]:
            self._columns[match[1]] = column - 1
        return column - 1


def read_sheet(file: BinaryIO) -> Sheet:
    """Return the first sheet that can be seen, or raise SpreadsheetRefused; its rows are read when asked for, in constant memory."""
    parts = Parts(file)
    name = name_of_workbook(parts)
    links = Links(parts, name)
    workbook = Workbook(parts, name, links)
    return Sheet(workbook.sheet, _rows(parts, links, workbook))


def _rows(parts: Parts, links: Links, workbook: Workbook) -> Iterator[Row]:
    styles = Styles()
    # Some programs name these two and leave them out when they would be empty.
    if (part := links.of_kind.get("styles", "")) in parts:
        parts.read_whole(part, styles.root)
    with TemporaryFile() as file:
        texts = SharedTexts(file)
        if (part := links.of_kind.get("sharedStrings", "")) in parts:
            parts.read_whole(part, texts.root)
        texts.close_page()
        sheet = _Rows(texts, styles, workbook.from_1904)
        for _ in parts.read(workbook.part, sheet.root):
            yield from sheet.taken()


def require_workbook(file: BinaryIO) -> None:
    """Check by its table of contents that the file can be a workbook, or raise SpreadsheetRefused."""
    name_of_workbook(Parts(file))
