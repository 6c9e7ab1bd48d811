"""Workbooks of one sheet, written row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Font, PatternFill

from guahao.adapters.xlsx.texts import escaped
from guahao.domain.administration.spreadsheets import Cell, Marked, neutral

_HEADER = Font(bold=True)
_MARK = PatternFill("solid", fgColor="FFC7CE")


def write_sheet(file: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Cell | Marked]]) -> None:
    """Write a workbook with the header and the rows below it. No text becomes a formula; memory use stays constant."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.freeze_panes = "A2"

    def cell(content: Cell | Marked) -> SheetCell:
        value = content.cell if isinstance(content, Marked) else content
        if isinstance(value, str):
            value = escaped(neutral(ILLEGAL_CHARACTERS_RE.sub("", value)))
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"  # also a text that looks like a formula or an error
        if isinstance(content, Marked):
            made.fill = _MARK
        return made

    titles = [cell(title) for title in header]
    for title in titles:
        title.font = _HEADER
    sheet.append(titles)
    try:
        for row in rows:
            sheet.append([cell(content) for content in row])
    except BaseException:
        # Without this its temporary file would stay until the process ends, and on Lambda a process does many jobs.
        sheet.close()
        sheet._writer.cleanup()
        raise
    workbook.save(file)
