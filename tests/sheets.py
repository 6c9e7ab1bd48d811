"""Spreadsheets for tests, good ones and others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from itertools import chain, count
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from openpyxl import Workbook

from guahao.adapters.xlsx.writer import write_sheet
from guahao.domain.administration.spreadsheets import Column
from guahao.domain.dictionary.dictionary import COLUMNS, MOST_CHILDREN
from guahao.usecases.dictionary.imports import MOST_ROWS

SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def of_openpyxl(*rows: Sequence[Any]) -> bytes:
    """Return a workbook with the rows as openpyxl saves it, a text beginning with = as a formula."""
    workbook, file = Workbook(), BytesIO()
    for row in rows:
        workbook.worksheets[0].append(row)
    workbook.save(file)
    return file.getvalue()


def dictionary_sheet(*rows: Sequence[Any]) -> bytes:
    """Return a spreadsheet of the dictionary with these rows."""
    return of_openpyxl(COLUMNS, *rows)


def written(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook as the product writes it."""
    file = BytesIO()
    write_sheet(file, "表", [Column(title, 12) for title in header], rows)
    return file.getvalue()


def large_dictionary(names: Sequence[str]) -> list[list[Any]]:
    """Return as many rows as an import may have; names are as long as these, and no two are alike."""
    rows: list[list[Any]] = [[1, 0, "省", "", "Large"]]
    for number in range(2, MOST_ROWS + 1):
        above = number // MOST_CHILDREN + 1 if number > MOST_CHILDREN else 1
        rows.append([number, above, f"{names[number % len(names)]}{number * 7919 % 9973}", f"{110000 + number}", ""])
    return rows


def saved_by_excel(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a dictionary's spreadsheet as Excel saves it: with addresses, and with all texts in one table."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for place, row in enumerate(chain([COLUMNS], rows)):
        sheet.write_row(place, 0, [None if cell == "" else cell for cell in row])
    book.close()
    return file.getvalue()


def of_parts(sheet: str | bytes, texts: str = "", styles: str = "") -> bytes:
    """Return a workbook of this worksheet, as raw as it is given, with shared texts and styles as Excel would have them."""
    return zipped({**parts_of(texts=texts, styles=styles), SHEET: sheet})


def parts_of(rows: str = "", texts: str = "", styles: str = "") -> dict[str, str | bytes]:
    """Return the parts of a workbook of these rows in XML, to be changed before they are zipped."""
    own = {TEXTS: f"<sst {_MAIN}>{texts}</sst>", "xl/styles.xml": f"<styleSheet {_MAIN}>{styles}</styleSheet>"}
    return {**_frame(), **own, SHEET: sheet_of(rows)}


def sheet_of(rows: str) -> str:
    """Return a worksheet of these rows in XML."""
    return f"<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"


def _frame() -> dict[str, str]:
    links = {"worksheet": "worksheets/sheet1.xml", "sharedStrings": "/xl/sharedStrings.xml", "styles": "styles.xml"}
    related = "".join(f'<Relationship Id="r{n}" Type="{_KINDS}/{kind}" Target="{at}"/>' for n, (kind, at) in enumerate(links.items()))
    workbook = f'<Relationship Id="w" Type="{_KINDS}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "_rels/.rels": f"<Relationships {_LINKS}>{workbook}</Relationships>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {_LINKS}>{related}</Relationships>",
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_KINDS}"><sheets><sheet name="a" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/styles.xml": f"<styleSheet {_MAIN}/>",
    }


def save_with_shared_texts(path: Path, rows: Callable[[], Iterable[Sequence[int | str]]]) -> None:
    """Save a workbook of the rows, which are asked for twice, with all texts in one table, as Excel does it."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in _frame().items():
            archive.writestr(name, content)
        numbers = count()
        with archive.open(SHEET, "w") as sheet:
            sheet.write(f"<worksheet {_MAIN}><sheetData>".encode())
            for row in rows():
                cells = (f'<c t="s"><v>{next(numbers)}</v></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>" for cell in row)
                sheet.write(f"<row>{''.join(cells)}</row>".encode())
            sheet.write(b"</sheetData></worksheet>")
        with archive.open(TEXTS, "w") as texts:
            texts.write(f"<sst {_MAIN}>".encode())
            for row in rows():
                texts.write("".join(f"<si><t>{cell}</t></si>" for cell in row if isinstance(cell, str)).encode())
            texts.write(b"</sst>")


def of_rows(rows: str, texts: str = "", styles: str = "") -> bytes:
    """Return a workbook of these rows in XML."""
    return zipped(parts_of(rows, texts, styles))


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of the parts."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
