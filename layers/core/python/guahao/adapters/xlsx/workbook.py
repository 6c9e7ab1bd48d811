"""The index parts of a workbook: sheets, relationships and styles."""

from __future__ import annotations

from guahao.adapters.xlsx.elements import Attributes, Element, local
from guahao.adapters.xlsx.formats import PLAIN, Format, built_in, format_of
from guahao.adapters.xlsx.parts import NO_WORKBOOK, Parts, beside
from guahao.adapters.xlsx.texts import unescaped
from guahao.domain.errors import SpreadsheetRefused

_MOST_STYLES, _MOST_LINKS = 65_536, 10_000
_LONGEST_NAME = 100
_LONGEST_CODE = 1024


class Links:
    """The parts that a part is related to, by the relationship's id and by its kind."""

    def __init__(self, parts: Parts, part: str) -> None:
        folder, _, name = part.rpartition("/")
        self.of_id: dict[str, tuple[str, str]] = {}
        self.of_kind: dict[str, str] = {}
        self._part = part
        found = Element("Relationship", begin=self._found)
        parts.read_whole(f"{folder}/_rels/{name}.rels".removeprefix("/"), Element(children=(found,)))

    def _found(self, attributes: Attributes) -> None:
        if attributes.get("TargetMode") == "External":
            return
        if len(self.of_id) >= _MOST_LINKS:
            raise SpreadsheetRefused(NO_WORKBOOK)
        kind, target = attributes.get("Type", "").rpartition("/")[2], beside(self._part, attributes.get("Target", ""))
        self.of_id[attributes.get("Id", "")] = kind, target
        self.of_kind.setdefault(kind, target)


class Workbook:
    """The first sheet that holds cells and can be seen, and the days between 1900 and the year from which the workbook counts them."""

    def __init__(self, parts: Parts, name: str, links: Links) -> None:
        self.sheet, self.part = "", ""
        self.from_1904 = False
        self._links = links
        self._hidden = False
        sheets = Element("sheets", (Element("sheet", begin=self._sheet),))
        parts.read_whole(name, Element(children=(Element("workbookPr", begin=self._properties), sheets)))
        if not self.part:
            raise SpreadsheetRefused("All sheets of the file are hidden. Show the one that is meant." if self._hidden else NO_WORKBOOK)

    def _sheet(self, attributes: Attributes) -> None:
        link = next((value for name, value in attributes.items() if " " in name and local(name) == "id"), "")
        kind, part = self._links.of_id.get(link, ("", ""))
        if self.part or kind != "worksheet":
            return
        if attributes.get("state") in ("hidden", "veryHidden"):
            self._hidden = True
        else:
            self.sheet, self.part = unescaped(attributes.get("name", ""))[:_LONGEST_NAME], part

    def _properties(self, attributes: Attributes) -> None:
        self.from_1904 = attributes.get("date1904") in ("1", "true")


class Styles:
    """How the cell styles show a number."""

    def __init__(self) -> None:
        self.formats: list[Format] = []
        self._own: dict[int, Format] = {}
        formats = Element("numFmts", (Element("numFmt", begin=self._format),))
        cells = Element("cellXfs", (Element("xf", begin=self._style),))
        self.root = Element(children=(formats, cells))

    def _format(self, attributes: Attributes) -> None:
        if len(self._own) < _MOST_STYLES:
            self._own[whole(attributes.get("numFmtId"), 0)] = format_of(attributes.get("formatCode", "")[:_LONGEST_CODE])

    def _style(self, attributes: Attributes) -> None:
        if len(self.formats) < _MOST_STYLES:
            number = whole(attributes.get("numFmtId"), 0)
            self.formats.append(self._own.get(number) or built_in(number))

    def of(self, style: str | None) -> Format:
        """Return how a cell of this style shows a number."""
        number = whole(style, 0)
        return self.formats[number] if number < len(self.formats) else PLAIN


def name_of_workbook(parts: Parts) -> str:
    """Return the name of the part that lists the sheets, or raise SpreadsheetRefused."""
    name = Links(parts, "").of_kind.get("officeDocument", "")
    if name not in parts:
        raise SpreadsheetRefused(NO_WORKBOOK)
    return name


def whole(text: str | None, otherwise: int) -> int:
    """Return the whole number in an attribute or a cell, else `otherwise`."""
    if text is None:
        return otherwise
    digits = text.strip(" \t\r\n")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else otherwise
