"""The index parts of a workbook: sheets, relationships and styles."""

from __future__ import annotations

import re

from guahao.adapters.xlsx.parts import NO_WORKBOOK, Parts, beside
from guahao.domain.errors import SpreadsheetRefused

_MOST_STYLES = 65_536
# The numbers of the built-in formats that show a number as a date or a time, in all languages.
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_OF_A_DATE = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|[\\_*].', re.IGNORECASE)
_LETTERS_OF_A_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)


class Links:
    """The parts that a part is related to, by the relationship's id and by its kind."""

    def __init__(self, parts: Parts, part: str) -> None:
        folder, _, name = part.rpartition("/")
        self.of_id: dict[str, str] = {}
        self.of_kind: dict[str, str] = {}
        self._part = part
        parts.read_whole(f"{folder}/_rels/{name}.rels".removeprefix("/"), self)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = beside(self._part, attributes.get("Target", ""))
            self.of_id[attributes.get("Id", "")] = target
            self.of_kind.setdefault(attributes.get("Type", "").rpartition("/")[2], target)

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class Workbook:
    """The first sheet's relationship, and the number of days between 1900 and the year from which the workbook counts days."""

    def __init__(self, parts: Parts, name: str) -> None:
        self.sheet = ""
        self.days_before = 0
        parts.read_whole(name, self)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            self.sheet = self.sheet or attributes.get("id", "")
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.days_before = 1462

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


class Styles:
    """The cell styles that show a number as a date."""

    def __init__(self) -> None:
        self.of_dates = bytearray()
        self._own_formats: set[int] = set()
        self._of_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and is_date_format(attributes.get("formatCode", "")) and len(self._own_formats) < _MOST_STYLES:
            self._own_formats.add(whole(attributes.get("numFmtId"), 0))
        elif tag == "cellXfs":
            self._of_cells = True
        elif tag == "xf" and self._of_cells and len(self.of_dates) < _MOST_STYLES:
            number = whole(attributes.get("numFmtId"), 0)
            self.of_dates.append(number in _DATE_FORMATS or number in self._own_formats)

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._of_cells = False

    def text(self, text: str) -> None: ...


def name_of_workbook(parts: Parts) -> str:
    """Return the name of the part that lists the sheets, or raise SpreadsheetRefused."""
    name = Links(parts, "").of_kind.get("officeDocument", "")
    if name not in parts:
        raise SpreadsheetRefused(NO_WORKBOOK)
    return name


def is_date_format(code: str) -> bool:
    """Tell whether a number format shows a date or a time."""
    return bool(_LETTERS_OF_A_DATE.search(_NOT_OF_A_DATE.sub("", code)))


def whole(text: str | None, otherwise: int) -> int:
    """Return the whole number in an attribute or a cell, else `otherwise`."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else otherwise
