"""Spreadsheets that we write: every program can open them, and what they hold is read back as it was."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import pytest

from guahao.adapters.cells import from_json, to_json
from guahao.adapters.xlsx.reader import read_sheet
from guahao.adapters.xlsx.writer import write_sheet
from guahao.domain.administration.spreadsheets import Broken, Cell, Column, Formula, Marked, Shown
from guahao.domain.booking.order_sheet import ORDER_COLUMNS, ORDER_SHEET
from guahao.domain.dictionary.dictionary import SHEET, SHEET_COLUMNS
from guahao.usecases.administration.exports import StatisticsTable
from tests.sheets import written

TYPED: list[Cell] = [
    *(datetime(2026, 3, 2, 9, 30), datetime(1900, 1, 1), datetime(1900, 2, 28), datetime(1900, 3, 1), datetime(9999, 12, 31)),
    *(time(0), time(23, 59, 59), timedelta(hours=36), timedelta(minutes=-5), Shown(42, "000000"), Shown(0.5, "0%"), Shown(7, "0.00")),
    *("=1+1", "1", 1, 1.5, True, False, "省"),
]


def read_back(cells: list[Cell | Marked]) -> list[Cell]:
    row = list(read_sheet(BytesIO(written(["头"], [cells]))).rows)[1].cells
    return [row.get(place) for place in range(len(cells))]


def typed(cells: list[Cell]) -> list[tuple[type, Cell]]:
    return [(type(cell), cell) for cell in cells]


@pytest.mark.parametrize("forbidden", ["\ufffe", "\uffff", chr(0xD800), chr(0xDFFF), "\x00", "\x0b", "\x1f"])
def test_a_character_that_xml_forbids_is_left_out_and_the_rest_can_be_opened(forbidden: str) -> None:
    content = written([f"头{forbidden}"], [[f"协{forbidden}和", Marked(f"医{forbidden}院"), forbidden]])
    for name in (archive := ZipFile(BytesIO(content))).namelist():
        assert ElementTree.fromstring(archive.read(name)) is not None
    assert [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(content)).worksheets[0]][1][:2] == ["协和", "医院"]
    assert [dict(row.cells) for row in read_sheet(BytesIO(content)).rows] == [{0: "头"}, {0: "协和", 1: "医院"}]


@pytest.mark.parametrize(
    "text", ["<r><t>a</t></r>", "<r></c></r>", "_xAAAA_xBBBB_", "a\rb\r\nc", "_x000A__x000A_", "x" * 32_767, "\t a \n"]
)
def test_no_text_becomes_part_of_the_files_own_language(text: str) -> None:
    assert read_back([text, Marked(text)]) == [text, text]


def test_every_marked_cell_means_what_it_meant() -> None:
    marked: list[Cell | Marked] = [Marked(cell) for cell in TYPED]
    assert typed(read_back(marked)) == typed(TYPED)
    assert typed(read_back([*TYPED])) == typed(TYPED)


@pytest.mark.parametrize("cell", [Formula("=A1"), Formula("#REF!"), Formula("="), Broken("one"), datetime(1899, 12, 31)])
def test_what_has_no_value_is_written_as_something_that_has_none_and_never_as_the_formula_that_was_sent(cell: Cell) -> None:
    assert typed(read_back([Marked(cell)])) == [(Formula, "=NA()")]


def test_cells_of_a_draft_are_what_they_were() -> None:
    cells = [*TYPED, Formula("=A1"), Broken("one"), None]
    assert typed(from_json(to_json(cells))) == typed(cells)


@pytest.mark.parametrize(
    ("name", "columns"),
    [(SHEET, SHEET_COLUMNS), (ORDER_SHEET, ORDER_COLUMNS), (StatisticsTable.sheet, StatisticsTable.columns)],
    ids=["dictionary", "orders", "statistics"],
)
def test_a_sheet_has_a_name_and_its_columns_have_widths(name: str, columns: tuple[Column, ...]) -> None:
    file = BytesIO()
    write_sheet(file, name, columns, [[1] * len(columns)])
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert (sheet.title, [cell.value for cell in sheet[1]]) == (name, [column.title for column in columns])
    widths = [dimension.width for dimension in sheet.column_dimensions.values() for _ in range(dimension.min, dimension.max + 1)]
    assert [round(width) for width in widths] == [column.width + 1 for column in columns]
    assert {cell.number_format for cell in sheet[2] if "费" in str(sheet.cell(1, cell.column).value)} <= {"0.00"}
    assert sheet.freeze_panes == "A2"


def test_a_fee_is_shown_in_yuan_with_two_digits() -> None:
    file, place = BytesIO(), [column.title for column in ORDER_COLUMNS].index("挂号费（元）")
    write_sheet(file, ORDER_SHEET, ORDER_COLUMNS, [[""] * place + [50]])
    cell = openpyxl.load_workbook(file).worksheets[0].cell(2, place + 1)
    assert (cell.value, cell.number_format) == (50, "0.00")
