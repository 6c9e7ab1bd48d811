"""The data dictionary: a tree of coded values, such as regions and grades, and the rules for its rows.

An entry with a code is a *root*: its code together with a value names one entry below it, for example `Hostype` and `1`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from guahao.domain.administration.spreadsheets import Column, Shown
from guahao.domain.texts import text_fault

COLUMNS = ("id", "上级id", "名称", "值", "编码")
"""The columns of a dictionary's spreadsheet, in order."""
SHEET = "数据字典"
SHEET_COLUMNS = tuple(map(Column, COLUMNS, (18, 18, 36, 18, 24)))
TOP = 0
"""The parent id of entries without a parent."""
HIGHEST_ID = 2**53 - 1
"""The highest whole number that is exact in browsers and spreadsheets."""
LONGEST_NAME = 100
MOST_CHILDREN, MOST_LEVELS = 10_000, 16
"""How many entries one answer can have, and how deep the tree may be."""
FORMER = {"Province": "FormerProvince"}
"""The root below which the values lie that another root had once: nobody is offered them, and where they are in use they stay valid."""

# The faults of a row in comparison with other rows.
DUPLICATE_ID = "another row above has this id"
MISSING_PARENT = "no row has this id"
IN_A_CIRCLE = "following the parents leads back to this row"
TOO_DEEP = f"it lies more than {MOST_LEVELS} levels deep"
TOO_MANY_CHILDREN = f"its parent has more than {MOST_CHILDREN} entries below it"
DUPLICATE_CODE = "another row above has this code"
DUPLICATE_VALUE = "another row above has this value below the same code"

Term = tuple[str, str]
"""A root's code and a value below it."""

_VALUE_FAULT = (
    "must be empty, or up to 32 Latin letters, digits, dots, dashes and underscores; "
    f"a number must be whole, up to {HIGHEST_ID} and shown as it is stored: what begins with 0 or is longer must be typed as text"
)

_DIGITS = re.compile(r"[0-9]{1,16}", re.ASCII)
_VALUE = re.compile(r"-?[0-9A-Za-z][0-9A-Za-z._-]{0,31}", re.ASCII)
_CODE = re.compile(r"[A-Za-z][0-9A-Za-z_]{0,31}", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """One entry; `position` is its place among its siblings, from 0; `code` is empty unless it is a root."""

    id: int
    parent_id: int
    name: str
    value: str = ""
    code: str = ""
    position: int = 0
    has_children: bool = False


class Fault(NamedTuple):
    """What is wrong with a row, and in which of the COLUMNS."""

    column: str
    reason: str


def read_row(cells: Sequence[object]) -> Entry | list[Fault]:
    """Return the entry in the cells of a row, one for each of the COLUMNS, or all faults of the row.

    Its cells are as spreadsheets have them. A row does not say the position and the children of its entry.
    """
    entry_id, parent_id = whole_number(cells[0]), whole_number(cells[1])
    name, value, code = _text(cells[2]), _value(cells[3]), _text(cells[4])
    faults = []
    if entry_id is None or not 0 < entry_id <= HIGHEST_ID:
        faults.append(Fault(COLUMNS[0], f"must be a whole number from 1 to {HIGHEST_ID}"))
    if parent_id is None or not TOP <= parent_id <= HIGHEST_ID:
        faults.append(Fault(COLUMNS[1], f"must be a whole number from {TOP} to {HIGHEST_ID}"))
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or text_fault(name):
        faults.append(Fault(COLUMNS[2], f"must be text of 1 to {LONGEST_NAME} characters in one line"))
    if value is None or (value and not _VALUE.fullmatch(value)):
        faults.append(Fault(COLUMNS[3], _VALUE_FAULT))
    if code is None or (code and not is_code(code)):
        faults.append(Fault(COLUMNS[4], "must be empty, or a Latin letter and then up to 31 letters, digits and underscores"))
    return faults or Entry(entry_id or 0, parent_id or 0, name or "", value or "", code or "")


def is_code(text: str) -> bool:
    """Tell whether a root can have this code."""
    return _CODE.fullmatch(text) is not None


def is_term(term: Term) -> bool:
    """Tell whether an entry can be found by this code and value."""
    return is_code(term[0]) and _VALUE.fullmatch(term[1]) is not None


def former_terms(terms: Iterable[Term]) -> dict[Term, Term]:
    """Return, for those of the terms whose root keeps its former values, where such a value lies."""
    return {(root, value): (FORMER[root], value) for root, value in terms if root in FORMER}


def whole_number(cell: object) -> int | None:
    """Return the whole number in a number or in digits, None for anything else, also for zeros in front that only a format shows."""
    if isinstance(cell, Shown):
        return None if cell.has_zeros else whole_number(cell.number)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, str) and _DIGITS.fullmatch(cell.strip()):
        return int(cell)
    return cell if isinstance(cell, int) and not isinstance(cell, bool) else None


def version_of(entries: Iterable[Entry], writer: str) -> str:
    """Return the name of a version: a digest of its entries, depth first and siblings in order, and of its writer.

    With the writer in it, two writers of the same content cannot remove each other's work.
    """
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(repr((entry.id, entry.parent_id, entry.name, entry.value, entry.code)).encode())
    return f"{digest.hexdigest()[:32]}-{writer}"


def same_content(version: str, other: str) -> bool:
    """Tell whether two versions have the same entries, whoever wrote them."""
    return version.split("-", 1)[0] == other.split("-", 1)[0]


def _text(cell: object) -> str | None:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else None


def _value(cell: object) -> str | None:
    """Return the value as text, also if a spreadsheet has made it a number."""
    number = None if isinstance(cell, str | Shown) else whole_number(cell)
    if number is None:
        return _text(cell)
    return str(number) if abs(number) <= HIGHEST_ID else None
