"""The elements of a part that matter, found by where they stand: everything else in a part is passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from guahao.domain.administration.spreadsheets import LONGEST_TEXT
from guahao.domain.errors import SpreadsheetRefused

DAMAGED = "The file is damaged: open it in a spreadsheet program and save it once more as .xlsx."
_DEEPEST = 64
_PIECE_OF_TEXT = 64 * 1024
# The parser keeps every name and every prefix that it has met, and each namespace while it is declared. Workbooks have some hundreds.
_MOST_NAMES, _MOST_LETTERS_OF_NAMES = 10_000, 1_000_000
_MOST_PREFIXES, _MOST_DECLARED, _LONGEST_NAMESPACE = 1000, 1000, 1024

Attributes = Mapping[str, str]


@dataclass
class Element:
    """An element that matters: what it begins, and what it ends with its own text. Its children are found by their names."""

    name: str = ""
    children: tuple[Element, ...] = ()
    begin: Callable[[Attributes], None] | None = None
    end: Callable[[], None] | None = None
    end_of_text: Callable[[str], None] | None = None
    inside: dict[str, Element] = field(default_factory=dict)

    def name_in(self, namespace: str) -> None:
        """Name all below it as the parser does. A part's main namespace is that of its root; the standard's editions differ in it."""
        self.inside = {namespace + child.name: child for child in self.children}
        for child in self.children:
            child.name_in(namespace)


def follow(root: Element) -> expat.XMLParserType:
    """Return a parser that reports what begins and ends at the places below the root, and refuses what does harm."""
    depth = matched = 0
    path: list[Element] = []
    here = root
    taking = False
    taken = ""

    # Called for each element and text of a sheet: they are as short as can be, and share their variables.
    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, matched, here, taking, taken
        depth += 1
        if depth == matched + 1:
            if depth == 1:
                root.name_in(name[: name.rfind(" ") + 1])
                matched = 1
                return
            found = here.inside.get(name)
            if found is not None:
                path.append(here)
                here, matched = found, depth
                if found.begin is not None:
                    found.begin(attributes)
                if found.end_of_text is not None:
                    taking, taken = True, ""
                return
        taking = False
        if depth > _DEEPEST:
            raise SpreadsheetRefused(DAMAGED)

    def end(_: str) -> None:
        nonlocal depth, matched, here, taking
        if depth == matched:
            taking = False
            if here.end_of_text is not None:
                here.end_of_text(taken)
            elif here.end is not None:
                here.end()
            matched -= 1
            if path:
                here = path.pop()
        depth -= 1

    def text(piece: str) -> None:
        nonlocal taken
        if taking:
            taken = taken + piece if taken else piece
            if len(taken) > LONGEST_TEXT:
                raise SpreadsheetRefused(f"A cell of the sheet holds more than {LONGEST_TEXT} characters. Shorten it.")

    def refuse_doctype(*_: object) -> None:
        # No spreadsheet program writes one, and an attack by growing entities needs one.
        raise SpreadsheetRefused("The file declares a document type, which no spreadsheet does. Save it once more as .xlsx.")

    prefixes: set[str | None] = set()
    declared = 0

    def declare(prefix: str | None, namespace: str | None) -> None:
        nonlocal declared
        declared += 1
        prefixes.add(prefix)
        if len(prefixes) > _MOST_PREFIXES or declared > _MOST_DECLARED or len(namespace or "") > _LONGEST_NAMESPACE:
            raise SpreadsheetRefused(DAMAGED)

    def undeclare(_: str | None) -> None:
        nonlocal declared
        declared -= 1

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, parser.buffer_size = True, _PIECE_OF_TEXT
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartNamespaceDeclHandler, parser.EndNamespaceDeclHandler = declare, undeclare
    return parser


def require_few_names(parser: expat.XMLParserType, known: int) -> int:
    """Return how many names the parser has met, or raise SpreadsheetRefused for more than any workbook has; `known` is the last answer."""
    names = len(parser.intern)
    if names != known and (names > _MOST_NAMES or sum(map(len, filter(None, parser.intern))) > _MOST_LETTERS_OF_NAMES):
        raise SpreadsheetRefused(DAMAGED)
    return names


def local(name: str) -> str:
    """Return an attribute's name without its namespace."""
    return name.rpartition(" ")[2]
