"""Spreadsheets as real programs and people make them: what a cell holds is what its author sees, or a fault with its place."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from io import BytesIO
from secrets import token_hex

import pytest

from guahao.adapters.xlsx.reader import read_sheet
from guahao.adapters.xlsx.texts import unescaped
from guahao.domain.administration.spreadsheets import Broken, Cell, Formula, Shown
from guahao.domain.errors import SpreadsheetRefused
from tests.sheets import SHEET, TEXTS, of_rows, parts_of, sheet_of, zipped

RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


def rows_of(content: bytes) -> list[dict[int, Cell]]:
    return [dict(row.cells) for row in read_sheet(BytesIO(content)).rows]


def first(cell: str, texts: str = "", styles: str = "") -> Cell:
    """Return what the first cell of a sheet holds, None if that is nothing."""
    rows = rows_of(of_rows(f"<row>{cell}</row>", texts, styles))
    return rows[0].get(0) if rows else None


def styled(code: str) -> str:
    """Return the styles of a workbook whose second style has this number format."""
    return f'<numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'


def workbook(*sheets: tuple[str, str, str], links: str = "", properties: str = "") -> str:
    told = "".join(f'<sheet name="{name}" sheetId="1" {state} r:id="{link}"/>' for name, state, link in sheets)
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{properties}<sheets>{told}</sheets></workbook>'


def linked(*links: tuple[str, str, str]) -> str:
    told = "".join(f'<Relationship Id="{key}" Type="{RELATED}/{kind}" Target="{target}"/>' for key, kind, target in links)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{told}</Relationships>'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c t="inlineStr"><is><t>1</t></is><v>2</v></c>', "1"),
        ('<c t="inlineStr"><v>2</v></c>', None),
        ("<c><v>5</v><extLst><ext><v>9</v></ext></extLst></c>", 5),
        ('<c><x:v xmlns:x="urn:other">9</x:v><v>5</v></c>', 5),
        ("<c><is><t>7</t></is><v>5</v></c>", 5),
        ('<c t="inlineStr"><is><r><rPr><t>9</t></rPr><t>a</t></r><rPh><t>9</t></rPh><x><t>9</t></x></is></c>', "a"),
    ],
)
def test_a_cell_is_what_its_own_children_say_and_nothing_below_them(cell: str, value: Cell) -> None:
    assert first(cell) == value


def test_rows_are_those_of_the_sheets_data_alone() -> None:
    row = '<row r="9"><c><v>9</v></c></row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{ONE}<x>{row}</x></sheetData><extLst><ext>{row}</ext></extLst>{row}</worksheet>'
    assert rows_of(zipped({**parts_of(), SHEET: sheet})) == [{0: 1}]


def test_names_of_parts_are_compared_without_case_and_with_either_slash() -> None:
    parts = parts_of(f'<row><c t="s"><v>0</v></c></row>{ONE.replace("1", "2")}', "<si><t>文</t></si>")
    renamed = {
        name.replace("/", "\\").upper() if name.startswith("xl/") and "rels" not in name else name: part for name, part in parts.items()
    }
    renamed["xl/_rels/workbook.xml.rels"] = str(renamed["xl/_rels/workbook.xml.rels"]).replace("worksheets/", "Worksheets\\")
    assert rows_of(zipped(renamed)) == [{0: "文"}, {0: 2}]


def test_two_parts_whose_names_differ_in_case_alone_are_refused() -> None:
    with pytest.raises(SpreadsheetRefused, match="damaged"):
        read_sheet(BytesIO(zipped({**parts_of(ONE), "XL/Workbook.xml": "<workbook/>"})))


@pytest.mark.parametrize("absent", [TEXTS, "xl/styles.xml"])
def test_styles_and_shared_texts_that_are_named_and_absent_are_empty(absent: str) -> None:
    parts = parts_of('<row><c s="1"><v>1</v></c></row>')
    del parts[absent]
    assert rows_of(zipped(parts)) == [{0: 1}]


def test_lower_case_references_and_spaces_around_numbers_of_things_are_understood() -> None:
    cells = '<c r="b1" t="s"><v> 1\n</v></c><c r=" C1 " s=" 1 "><v> 46083 </v></c><c r="aa1"><v>3</v></c>'
    row = rows_of(of_rows(f'<row r=" 1 ">{cells}</row>', "<si><t>a</t></si><si><t>b</t></si>", styled("yyyy-mm-dd")))[0]
    assert row == {1: "b", 2: datetime(2026, 3, 2), 26: 3}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-02", datetime(2026, 3, 2)),
        ("2026-03-02T09:30:00Z", datetime(2026, 3, 2, 9, 30)),
        ("09:30:00", time(9, 30)),
        ("yesterday", Broken("yesterday")),
    ],
)
def test_a_cell_that_says_it_is_a_date_is_one(text: str, value: Cell) -> None:
    assert same(first(f'<c t="d"><v>{text}</v></c>'), value)


def same(one: Cell, other: Cell) -> bool:
    """Tell whether two cells are equal and of one kind: a formula is not its text."""
    return (type(one), one) == (type(other), other)


@pytest.mark.parametrize(
    ("code", "number", "value"),
    [
        ("yyyy-mm-dd", "1", datetime(1900, 1, 1)),
        ("yyyy-mm-dd", "59", datetime(1900, 2, 28)),
        ("yyyy-mm-dd", "60", Broken("60")),
        ("yyyy-mm-dd", "61", datetime(1900, 3, 1)),
        ("yyyy-mm-dd", "2958465", datetime(9999, 12, 31)),
        ("yyyy-mm-dd", "2958466", Broken("2958466")),
        ("yyyy-mm-dd", "-1", Broken("-1")),
        ("yyyy-mm-dd", "0", time(0)),
        ("h:mm", "0.5", time(12)),
        ("上午/下午h&quot;时&quot;", "0.75", time(18)),
        ("AM/PM h", "0.25", time(6)),
        ("mm:ss.0", "0.5", time(12)),
        ("[h]:mm", "1.5", timedelta(hours=36)),
        ("[mm]:ss", "-0.5", timedelta(hours=-12)),
        ("[$-804]m&quot;月&quot;d&quot;日&quot;", "46083", datetime(2026, 3, 2)),
        ("mmmm", "46083", datetime(2026, 3, 2)),
        ("[$-411]ge.m.d", "46083", datetime(2026, 3, 2)),
    ],
)
def test_dates_times_and_durations_are_what_excel_shows(code: str, number: str, value: Cell) -> None:
    """Excel counts a 29 February 1900, which never was: the days before it are one day off."""
    assert same(first(f'<c s="1"><v>{number}</v></c>', styles=styled(code)), value)


def test_in_workbooks_that_count_from_1904_the_first_day_is_a_date() -> None:
    properties = '<workbookPr date1904="1"/>'
    parts = parts_of('<row><c s="1"><v>0</v></c></row><row><c s="1"><v>60</v></c></row>', styles=styled("yyyy-mm-dd"))
    parts["xl/workbook.xml"] = workbook(("a", "", "r0"), properties=properties)
    assert rows_of(zipped(parts)) == [{0: datetime(1904, 1, 1)}, {0: datetime(1904, 3, 1)}]


@pytest.mark.parametrize(
    ("code", "number", "value"),
    [
        ("General", "110000", 110000),
        ("0", "7", 7),
        ("0_ ;[Red]\\-0\\ ", "7", 7),
        ("@", "7", 7),
        ("G/通用格式", "7", 7),
        ("#", "7", 7),
        ("[$-804]General", "7", 7),
        ("[DBNum1][$-804]General", "7", Shown(7, "0.00")),
        ("[DBNum2]0", "7", Shown(7, "0.00")),
        ("[=0]?;#,##0.00", "7", Shown(7, "0.00")),
        ("[&lt;100]General;[Red]0", "7", 7),
        ("000000", "110000", 110000),
        ("000000", "42", Shown(42, "000000")),
        ("000&quot;-&quot;000", "42", Shown(42, "0.00")),
        ("0.00", "7", Shown(7, "0.00")),
        ("#,##0", "7", Shown(7, "#,##0")),
        ("0%", "7", Shown(7, "0%")),
        ("0.0E+00", "7", Shown(7, "0.00E+00")),
        ("# ?/?", "7", Shown(7, "# ?/?")),
        ("&quot;No.&quot;0", "7", Shown(7, "0.00")),
        ("[$¥-804]0", "7", Shown(7, "0.00")),
        (";;;", "7", Shown(7, "0.00")),
    ],
)
def test_a_number_that_is_shown_otherwise_than_it_is_stored_says_so(code: str, number: str, value: Cell) -> None:
    assert same(first(f'<c s="1"><v>{number}</v></c>', styles=styled(code)), value)


@pytest.mark.parametrize(
    ("number", "value"), [(1, 7), (2, Shown(7, "0.00")), (3, Shown(7, "#,##0")), (9, Shown(7, "0%")), (49, 7), (163, 7)]
)
def test_formats_without_a_definition_have_the_meaning_of_the_standard(number: int, value: Cell) -> None:
    """ECMA-376, 18.8.30."""
    assert same(first('<c s="0"><v>7</v></c>', styles=f'<cellXfs><xf numFmtId="{number}"/></cellXfs>'), value)


@pytest.mark.parametrize("number", [14, 17, 22, 27, 31, 50, 58])
def test_built_in_dates_are_dates(number: int) -> None:
    assert first('<c s="0"><v>46083</v></c>', styles=f'<cellXfs><xf numFmtId="{number}"/></cellXfs>') == datetime(2026, 3, 2)


@pytest.mark.parametrize(("number", "value"), [(20, time(12)), (32, time(12)), (45, time(12)), (46, timedelta(hours=12)), (55, time(12))])
def test_built_in_times_are_times(number: int, value: Cell) -> None:
    assert same(first('<c s="0"><v>0.5</v></c>', styles=f'<cellXfs><xf numFmtId="{number}"/></cellXfs>'), value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>one</v></c>", Broken("one")),
        ("<c><v>1e999</v></c>", Broken("1e999")),
        ("<c><v>1_000</v></c>", Broken("1_000")),
        ("<c><v>nan</v></c>", Broken("nan")),
        ("<c><v>１２</v></c>", Broken("１２")),
        ("<c><v>9007199254740991.4</v></c>", Broken("9007199254740991.4")),
        ("<c><v>12345678901234567891</v></c>", 12345678901234567891.0),
        ("<c><v>9.999E+307</v></c>", 9.999e307),
        ('<c t="s"><v>0</v></c>', Broken("0")),
        ('<c t="s"><v>-1</v></c>', Broken("-1")),
        ('<c t="b"><v>2</v></c>', Broken("2")),
        ('<c t="z"><v>2</v></c>', Broken("2")),
        ('<c t="e"><v>#N/A</v></c>', Formula("#N/A")),
        ("<c><v> +1.5e1 </v></c>", 15.0),
        ("<c><v>9007199254740991</v></c>", 2**53 - 1),
        ('<c t="b"><v>true</v></c>', True),
    ],
)
def test_one_bad_cell_is_no_end_of_the_file(cell: str, value: Cell) -> None:
    rows = rows_of(of_rows(f"<row>{cell}</row>{ONE.replace('1', '2')}"))
    assert same(rows[0][0], value)
    assert rows[1] == {0: 2}


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ("<t>a_x000A_b</t>", "a\nb"),
        ("<r><t>_x00</t></r><r><t>0A_</t></r>", "_x000A_"),
        ("<r><t>a_x000A</t></r><r><t>_</t></r>", "a_x000A_"),
        ("<t>_xD842__xDFB7_</t>", "𠮷"),
        ("<t>_xD842_a</t>", "\N{REPLACEMENT CHARACTER}a"),
        ("<t>_xDFB7__xD842_</t>", "\N{REPLACEMENT CHARACTER}" * 2),
        ("<t>_xFFFE__x0000_</t>", "\N{REPLACEMENT CHARACTER}" * 2),
        ("<t>_x005F_x000A_</t>", "_x000A_"),
    ],
)
def test_escapes_are_those_of_one_run_and_pairs_are_one_character(runs: str, text: str) -> None:
    assert first('<c t="s"><v>0</v></c>', f"<si>{runs}</si>") == text
    assert first(f'<c t="inlineStr"><is>{runs}</is></c>') == text


def test_an_escape_in_a_value_of_its_own_is_read() -> None:
    assert (first('<c t="str"><v>a_x000A_b</v></c>'), unescaped("a_x00zz_")) == ("a\nb", "a_x00zz_")


def several(*sheets: tuple[str, str, str]) -> bytes:
    """Return a workbook with a sheet, a chart sheet and another sheet, listed like this."""
    links = (
        ("r0", "worksheet", "worksheets/sheet1.xml"),
        ("r1", "chartsheet", "chartsheets/sheet1.xml"),
        ("r2", "worksheet", "/xl/other.xml"),
    )
    parts = parts_of(ONE) | {"xl/other.xml": sheet_of(ONE.replace("1", "2")), "xl/chartsheets/sheet1.xml": f'<chartsheet xmlns="{MAIN}"/>'}
    return zipped(parts | {"xl/workbook.xml": workbook(*sheets), "xl/_rels/workbook.xml.rels": linked(*links)})


@pytest.mark.parametrize("state", ['state="hidden"', 'state="veryHidden"'])
def test_chart_sheets_and_hidden_sheets_are_passed_over_and_the_sheet_that_is_read_is_named(state: str) -> None:
    # One program writes the state `show`, which is not of the standard.
    assert read_sheet(BytesIO(several(("图", "", "r1"), ("旧", state, "r0"), ("新", 'state="show"', "r2")))).name == "新"
    sheet = read_sheet(BytesIO(several(("图", "", "r1"), ("旧", state, "r0"), ("新_x000A_", 'state="visible"', "r2"))))
    assert (sheet.name, [dict(row.cells) for row in sheet.rows]) == ("新\n", [{0: 2}])


def test_where_all_sheets_are_hidden_none_is_read() -> None:
    with pytest.raises(SpreadsheetRefused, match="hidden"):
        read_sheet(BytesIO(several(("a", 'state="hidden"', "r0"), ("图", "", "r1"), ("b", 'state="veryHidden"', "r2"))))
    with pytest.raises(SpreadsheetRefused, match="no workbook with a sheet"):
        read_sheet(BytesIO(several(("图", "", "r1"))))


def test_texts_are_found_wherever_they_lie_and_in_any_order() -> None:
    texts = [f"{token_hex(number % 7 * 2500)}{number}" for number in range(700)]
    numbers = [number * 317 % 700 for number in range(700)]
    rows = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in numbers)
    content = of_rows(rows, "".join(f"<si><t>{text}</t></si>" for text in texts))
    assert [row[0] for row in rows_of(content)] == [texts[number] for number in numbers]
