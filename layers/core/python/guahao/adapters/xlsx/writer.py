"""Workbooks of one sheet, written row by row by XlsxWriter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from tempfile import TemporaryDirectory
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from guahao.adapters.xlsx.numbers import number_of
from guahao.adapters.xlsx.texts import escaped, writable
from guahao.domain.administration.spreadsheets import Broken, Cell, Column, Formula, Marked, Shown, neutral

_MARK = "#FFC7CE"
_FORMATS = {datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm:ss", timedelta: "[h]:mm:ss"}


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet that escapes texts as our reader and Excel read them, also where two things like an escape share a letter."""

    @staticmethod
    def _escape_control_characters(data: object) -> object:
        if not isinstance(data, str):
            return data
        # XlsxWriter would take a text of this beginning for XML of its own.
        return f"_x003C_{escaped(data[1:])}" if data.startswith("<r>") else escaped(data)


class _Cells:
    """Writes cells in their formats."""

    def __init__(self, book: Workbook, sheet: _Sheet, columns: Sequence[Column]) -> None:
        self._book, self._sheet = book, sheet
        self._columns = [self._format(column.format, False) if column.format else None for column in columns]
        self._formats: dict[tuple[str, bool], Format] = {}

    def _format(self, number: str, marked: bool) -> Format:
        return self._book.add_format(({"num_format": number} if number else {}) | ({"bg_color": _MARK} if marked else {}))

    def write(self, row: int, content: Sequence[Cell | Marked]) -> None:
        text, number = self._sheet.write_string, self._sheet.write_number
        for place, cell in enumerate(content):
            kind = type(cell)
            if kind is str:
                if cell:
                    text(row, place, neutral(writable(cell)))  # type: ignore[arg-type]
            elif kind is int or kind is float:
                number(row, place, cell, self._columns[place] if place < len(self._columns) else None)
            elif cell is not None:
                self._write_other(row, place, cell)

    def _write_other(self, row: int, place: int, content: Cell | Marked) -> None:
        marked = isinstance(content, Marked)
        cell = content.cell if isinstance(content, Marked) else content
        shape = cell.format if isinstance(cell, Shown) else _FORMATS.get(type(cell), "")
        if (shape, marked) not in self._formats:
            self._formats[shape, marked] = self._format(shape, marked)
        self._writing(cell)(row, place, self._formats[shape, marked])

    def _writing(self, cell: Cell) -> Callable[[int, int, Format], object]:
        sheet = self._sheet
        value = number_of(cell) if isinstance(cell, datetime | time | timedelta) else cell.number if isinstance(cell, Shown) else cell
        if isinstance(value, Formula | Broken) or (value is None and cell is not None):
            # No formula leaves this house. The reader takes this one, like what stood here, for no value.
            return lambda row, place, shape: sheet.write_formula(row, place, "=NA()", shape, "#N/A")
        if isinstance(value, bool):
            return lambda row, place, shape: sheet.write_boolean(row, place, value, shape)
        if isinstance(value, int | float):
            return lambda row, place, shape: sheet.write_number(row, place, value, shape)
        if isinstance(value, str):
            return lambda row, place, shape: sheet.write_string(row, place, neutral(writable(value)), shape)
        return lambda row, place, shape: sheet.write_blank(row, place, None, shape)


def write_sheet(file: BinaryIO, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell | Marked]]) -> None:
    """Write a workbook with the columns' titles and the rows below. No text becomes a formula; memory use stays constant."""
    # Its temporary files lie here, so that none stays after a failure: on Lambda a process does many jobs.
    with TemporaryDirectory() as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        sheet = book.add_worksheet(name, _Sheet)
        try:
            _fill(book, sheet, columns, rows)
        except BaseException:
            sheet.row_data_fh.close()
            raise
        book.close()


def _fill(book: Workbook, sheet: _Sheet, columns: Sequence[Column], rows: Iterable[Sequence[Cell | Marked]]) -> None:
    bold, cells = book.add_format({"bold": True}), _Cells(book, sheet, columns)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, neutral(writable(column.title)), bold)
    for row, content in enumerate(rows, 1):
        cells.write(row, content)
