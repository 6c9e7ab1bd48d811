"""Imports of the dictionary: what kind of cell is taken for what, and which sheet of a file is read."""

from __future__ import annotations

import json
from io import BytesIO

import openpyxl
import pytest
from infra.functions import ROOT

from guahao.adapters.xlsx.reader import read_sheet
from guahao.domain.administration.spreadsheets import MOST_FILE_BYTES, Shown
from guahao.domain.dictionary.dictionary import COLUMNS, Entry, read_row
from tests.sheets import dictionary_sheet, large_dictionary, of_openpyxl, of_rows, saved_by_excel, written
from tests.unit.test_imports import GOOD, World, errors_of


@pytest.fixture
def world() -> World:
    return World()


def test_the_marked_sheet_sent_back_unchanged_has_the_same_faults(world: World) -> None:
    text = "<si><t>省</t></si>"
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="000000"/><numFmt numFmtId="171" formatCode="[h]:mm"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="20"/>'
        '<xf numFmtId="171"/><xf numFmtId="170"/><xf numFmtId="9"/></cellXfs>'
    )
    header = "".join(f'<c t="inlineStr"><is><t>{title}</t></is></c>' for title in COLUMNS)
    name = '<c t="s"><v>0</v></c>'
    cells = [
        f"<c><v>1</v></c><c><v>0</v></c>{name}{cell}"
        for cell in (
            '<c s="1"><v>46083</v></c>',
            '<c s="1"><v>1</v></c>',
            '<c s="2"><v>0.5</v></c>',
            '<c s="3"><v>1.5</v></c>',
            '<c s="4"><v>42</v></c>',
            '<c s="5"><v>7</v></c>',
            "<c><v>12345678901234567</v></c>",
            "<c><v>1e999</v></c>",
            "<c><f>A1</f><v>3</v></c>",
            '<c t="e"><v>#REF!</v></c>',
            '<c t="s"><v>9</v></c>',
            '<c t="b"><v>1</v></c>',
            '<c t="d"><v>1800-01-01</v></c>',
            "<c><v>1.5</v></c>",
            '<c t="inlineStr"><is><t>=1+1</t></is></c>',
        )
    ]
    cells.append('<c s="1"><v>46083</v></c><c s="4"><v>7</v></c><c s="1"><v>46083</v></c><c/><c><f>A1</f><v>a</v></c>')
    job = world.send(of_rows(f"<row>{header}</row>" + "".join(f"<row>{row}</row>" for row in cells), text, styles))
    faults = errors_of(job)
    assert [place for place in faults if place[1] == "值"] == [(row, "值") for row in range(2, 17)]
    assert [column for row, column in faults if row == 17] == ["id", "上级id", "名称", "编码"]
    again = world.send(world.files.files[job.file])
    assert errors_of(again) == faults
    kinds = [[type(cell) for cell in row.cells.values()] for row in read_sheet(BytesIO(world.files.files[job.file])).rows]
    assert kinds == [[type(cell) for cell in row.cells.values()] for row in read_sheet(BytesIO(world.files.files[again.file])).rows]


@pytest.mark.parametrize("value", ["110000", str(2**53 - 1), "0", "-1"])
def test_a_value_may_be_a_whole_number_that_is_shown_as_it_is_stored(world: World, value: str) -> None:
    assert world.send(dictionary_sheet((1, 0, "省", int(value)))).result == "imported"
    assert world.entries()[0].value == value


@pytest.mark.parametrize(("shown", "taken"), [("#,##0", True), ("0.00", True), ("0000", False)])
def test_an_id_may_be_shown_with_other_signs_but_not_with_zeros_in_front(shown: str, taken: bool) -> None:
    assert isinstance(read_row([Shown(7, shown), 0, "省", None, None]), Entry) is taken
    assert isinstance(read_row([7, 0, "省", Shown(7, shown), None]), list)


def test_the_job_names_the_sheet_that_it_reads(world: World) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].sheet_state = "hidden"
    sheet, file = book.create_sheet("新的字典"), BytesIO()
    for row in (COLUMNS, *GOOD):
        sheet.append(row)
    book.save(file)
    assert (world.send(file.getvalue()).sheet, world.send(of_openpyxl(["x"])).sheet) == ("新的字典", "Sheet")
    assert world.jobs.jobs[world.service.request("a1", "", file.getvalue()).job.job_id].sheet == ""


@pytest.mark.parametrize("unseen", ["\ufffe", "\uffff", chr(0xD800), "\ufffd", "\u200b", "\u202e"])
def test_a_name_with_what_no_file_can_hold_or_nobody_can_see_is_no_name(unseen: str) -> None:
    """What could not be exported again, and the sign that stands for it, is refused at the entry."""
    faults = read_row([1, 0, f"省{unseen}", None, None])
    assert isinstance(faults, list)
    assert [fault.column for fault in faults] == ["名称"]


@pytest.mark.slow
def test_as_many_rows_as_are_promised_fit_into_one_file_whoever_saved_it() -> None:
    rows = large_dictionary([str(row[1]) for row in json.loads((ROOT / "infra" / "data" / "regions.json").read_text())])
    for content in (written(COLUMNS, rows), saved_by_excel(rows)):
        assert len(content) <= MOST_FILE_BYTES
