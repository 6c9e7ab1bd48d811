"""Spreadsheets: what is written is read back, what others write is read, and what is none is refused."""

from __future__ import annotations

import struct
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guahao.adapters.xlsx.reader import read_sheet, require_workbook
from guahao.domain.administration.spreadsheets import LONGEST_TEXT, MOST_CONTENT_BYTES, Cell, Formula, Marked, neutral, plain
from guahao.domain.errors import SpreadsheetRefused
from tests.sheets import of_openpyxl, of_parts, of_rows, written, zipped

MEBIBYTE = 1024 * 1024
DANGEROUS = ["=1+1", "+86 138", "-1", "@cmd", "\tx", "＝1", "'=1", "''=1", '=HYPERLINK("http://x")']
TRICKY = [
    "#N/A",
    "#REF!",
    "_x000D_",
    "_x005F_x000D_",
    "a_xD800_",
    " 两边 ",
    "'",
    "'名",
    "a\nb",
    "<&>\"'",
    "𠮷",
    "１２",
    "001",
    "1.0",
    "TRUE",
]


def rows_of(content: bytes) -> list[dict[int, Cell]]:
    return [dict(row.cells) for row in read_sheet(BytesIO(content)).rows]


def refusal(content: bytes) -> str:
    with pytest.raises(SpreadsheetRefused) as refused:
        list(read_sheet(BytesIO(content)).rows)
    return refused.value.detail


def test_every_kind_of_cell_is_read_back_as_it_was_written() -> None:
    cells = ["文字", 7, -3, 2**53 - 1, 1.5, True, False, None, datetime(2026, 3, 2, 9, 30)]
    assert rows_of(written(["头"], [cells])) == [{0: "头"}, {place: cell for place, cell in enumerate(cells) if cell is not None}]


@pytest.mark.parametrize("text", [*DANGEROUS, *TRICKY])
def test_text_comes_back_as_it_was_and_never_as_a_formula(text: str) -> None:
    content = written(["头"], [[text]])
    assert rows_of(content)[1] == {0: text}
    cell = openpyxl.load_workbook(BytesIO(content)).worksheets[0]["A2"]
    assert cell.data_type == "s"


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_dangerous_text_is_harmless_also_where_types_are_lost(text: str) -> None:
    cell = openpyxl.load_workbook(BytesIO(written(["头"], [[text]]))).worksheets[0]["A2"]
    assert str(cell.value).startswith("'")


@given(st.text("'=+-@＝\t\r\n a1", max_size=6))
def test_what_is_neutralised_is_plain_again(text: str) -> None:
    assert plain(neutral(text)) == text
    assert neutral(text)[:1] not in {"=", "+", "-", "@", "＝", "\t", "\r", "\n"}


def test_a_marked_cell_can_be_seen_and_a_file_left_unfinished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = openpyxl.load_workbook(BytesIO(written(["头"], [[Marked("错"), "对"]]))).worksheets[0]
    assert [cell.fill.patternType for cell in sheet[2]] == ["solid", None]

    def broken() -> object:
        yield ["一行"]
        raise SpreadsheetRefused("enough")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SpreadsheetRefused, match="enough"):
        written(["头"], broken())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_openpyxl_is_read() -> None:
    content = of_openpyxl(["id", "名称"], [1, "北京市"], [], [None, "=A2+1", 2.0, datetime(2026, 3, 2)])
    assert rows_of(content) == [{0: "id", 1: "名称"}, {0: 1, 1: "北京市"}, {1: Formula("=A2+1"), 2: 2, 3: datetime(2026, 3, 2)}]
    assert isinstance(rows_of(content)[2][1], Formula)
    assert [row.number for row in read_sheet(BytesIO(content)).rows] == [1, 2, 4]


def test_a_file_of_excel_is_read_with_shared_texts_reading_aids_and_dates() -> None:
    texts = (
        '<si><t>北京市</t><phoneticPr fontId="1"/></si>'
        '<si><r><t>富</t></r><r><t xml:space="preserve">文本 </t></r><rPh><t>ふ</t></rPh></si>'
    )
    styles = (
        '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/></cellXfs>'
    )
    cells = (
        '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" s="1"><v>46083</v></c><c r="D1" s="2"><v>46083.5</v></c>'
        '<c r="E1" s="0"><v>46083</v></c><c r="F1" t="str"><f>A1</f><v>算出</v></c><c r="G1" t="e"><v>#N/A</v></c>'
        '<c r="AA1" t="b"><v>1</v></c>'
        '<c r="AB1"><f t="shared" si="0"/><v>3</v></c><c r="AC1" t="inlineStr"><is><t>内</t></is></c><c r="AD1" s="1"/>'
    )
    row = rows_of(of_rows(f'<row r="1" spans="1:30">{cells}</row>', texts, styles))[0]
    day = datetime(2026, 3, 2)
    assert row == {0: "北京市", 1: "富文本 ", 2: day, 3: day.replace(hour=12), 4: 46083, 5: "=A1", 6: "#N/A", 26: True, 27: "=", 28: "内"}
    assert [place for place, cell in row.items() if isinstance(cell, Formula)] == [5, 6, 27]


def test_rows_and_cells_without_addresses_follow_each_other() -> None:
    content = of_rows("<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c/><c><v>3</v></c></row>")
    assert [(row.number, dict(row.cells)) for row in read_sheet(BytesIO(content)).rows] == [(1, {0: 1, 1: 2}), (3, {1: 3})]


def test_a_sheet_is_as_large_as_its_rows_and_not_as_it_says() -> None:
    cell = '<row r="1048576"><c r="BL1048576"><v>1</v></c><c r="BM1048576"><v>2</v></c></row>'
    lying = f'<worksheet xmlns="x"><dimension ref="A1:XFD1048576"/><sheetData>{cell}</sheetData></worksheet>'
    assert [(row.number, dict(row.cells)) for row in read_sheet(BytesIO(of_parts(lying))).rows] == [(1048576, {63: 1})]


def old_format() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def packed_unusually() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "x" * 1000)
    return file.getvalue()


def with_many_parts() -> bytes:
    return zipped({f"xl/media/{n}": b"" for n in range(2000)})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no .xlsx workbook"),
        ("id,上级id,名称,值,编码\r\n1,0,省,,".encode(), "no .xlsx workbook"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "no .xlsx workbook"),
        (old_format(), "old .xls"),
        (zipped({"a.csv": "1,2"}), "no workbook"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), "no workbook"),
        (packed_unusually(), "unusual way"),
        (with_many_parts(), "unpacks to more"),
        (of_openpyxl([1])[:-200], "no .xlsx workbook"),
    ],
)
def test_what_is_no_workbook_is_refused_before_it_is_taken(content: bytes, reason: str) -> None:
    with pytest.raises(SpreadsheetRefused, match=reason):
        require_workbook(BytesIO(content))
    assert reason in refusal(content)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("<row><c><v>1</c></row>", "damaged"),
        ('<row r="2"/><row r="1"/>', "not in order"),
        ('<row><c r="XFE1"><v>1</v></c></row>', "outside of it"),
        ('<row><c r="1"><v>1</v></c></row>', "outside of it"),
        (f'<row><c t="str"><v>{"x" * (LONGEST_TEXT + 1)}</v></c></row>', "more than 32767"),
        ("<a>" * 100, "damaged"),
    ],
)
def test_a_broken_sheet_is_refused(rows: str, reason: str) -> None:
    assert reason in refusal(of_rows(rows))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_its_entities_multiply(encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{laughs}]><worksheet>&l9;</worksheet>'
    assert "document type" in refusal(of_parts(document.encode(encoding)))


@pytest.mark.parametrize("encoding", ["gbk", "nonsense"])
def test_an_encoding_that_no_workbook_has_is_refused(encoding: str) -> None:
    assert "damaged" in refusal(of_parts(f'<?xml version="1.0" encoding="{encoding}"?><worksheet/>'.encode()))


def test_a_bomb_is_refused_by_its_directory() -> None:
    for bomb in (of_rows(" " * (11 * MEBIBYTE)), of_rows(" " * (MOST_CONTENT_BYTES + 1))):
        with pytest.raises(SpreadsheetRefused, match="unpacks to more"):
            require_workbook(BytesIO(bomb))


def test_a_bomb_whose_directory_lies_is_refused_where_the_lie_ends() -> None:
    content = of_rows("<row><c><v>1</v></c></row>" * 400_000)
    true_size = ZipFile(BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    lying = content.replace(struct.pack("<L", true_size), struct.pack("<L", 20_000))
    require_workbook(BytesIO(lying))
    assert "damaged" in refusal(lying)


def test_a_token_that_does_not_end_is_refused_before_it_is_kept_whole() -> None:
    assert "unpacks to more" in refusal(of_parts(b"<worksheet><!--" + b"x" * (9 * MEBIBYTE)))


def test_what_is_unpacked_is_counted_over_all_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guahao.adapters.xlsx.parts.MOST_CONTENT_BYTES", 9000)
    content = of_rows("<row/>" * 800, f"<si><t>{'x' * 3000}</t></si>")
    # Directories may lie by leaving a part out; here it is the count itself that is looked at.
    monkeypatch.setattr("guahao.adapters.xlsx.parts._require_harmless", lambda archive: None)
    assert len(rows_of(of_rows("<row/>" * 800))) == 0
    monkeypatch.setattr("guahao.adapters.xlsx.parts.MOST_CONTENT_BYTES", 8000)
    assert "unpacks to more" in refusal(content)


def test_two_parts_of_one_name_are_refused() -> None:
    file = BytesIO(of_rows("<row/>"))
    with ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert "damaged" in refusal(file.getvalue())
