"""The draft of an import, in a temporary database on the function's own disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from guahao.adapters.cells import from_json, to_json
from guahao.domain.dictionary import dictionary
from guahao.domain.dictionary.dictionary import COLUMNS, MOST_CHILDREN, MOST_LEVELS, TOP, Entry, Fault
from guahao.ports.dictionary.imports import Line

_TABLES = """
CREATE TABLE lines (
    number INTEGER PRIMARY KEY, cells TEXT, id INTEGER, parent_id INTEGER, name TEXT, value TEXT, code TEXT, level INTEGER, root TEXT
);
CREATE TABLE faults (line INTEGER, place INTEGER, reason TEXT);
CREATE INDEX of_line ON faults (line, place);
"""
_INDEXES = """
CREATE INDEX by_id ON lines (id, number);
CREATE INDEX by_parent ON lines (parent_id, number);
CREATE INDEX by_level ON lines (level);
CREATE INDEX by_code ON lines (code, number);
"""

# Lines get their level and the code above them from the top of the tree down. Lines without a level belong to a circle, or hang below one.
_TOP_LEVEL = """
UPDATE lines SET level = 1 WHERE parent_id <= 0 OR NOT EXISTS (SELECT 1 FROM lines AS other WHERE other.id = lines.parent_id)
"""
_NEXT_LEVEL = """
UPDATE lines INDEXED BY by_parent SET level = above.level + 1, root = CASE above.code WHEN '' THEN above.root ELSE above.code END
FROM lines AS above INDEXED BY by_level WHERE above.level = ? AND lines.parent_id = above.id AND lines.level IS NULL
AND NOT EXISTS (SELECT 1 FROM lines AS twin INDEXED BY by_id WHERE twin.id = above.id AND twin.number < above.number)
"""
_LEFT_OVER = """
CREATE TABLE circles AS SELECT number, id, parent_id FROM lines WHERE level IS NULL;
CREATE INDEX by_parent_in_circle ON circles (parent_id);
CREATE INDEX by_value ON lines (root, value, number);
"""
# A branch below a circle is not wrong itself: the circle is what remains after the ends of branches were removed again and again.
_CUT_ENDS = "DELETE FROM circles WHERE id NOT IN (SELECT parent_id FROM circles)"

_FAULTS = (
    (
        "id",
        dictionary.DUPLICATE_ID,
        """INSERT INTO faults SELECT number, :place, :reason FROM lines
        WHERE id > 0 AND EXISTS (SELECT 1 FROM lines AS other WHERE other.id = lines.id AND other.number < lines.number)""",
    ),
    (
        "上级id",
        dictionary.MISSING_PARENT,
        """INSERT INTO faults SELECT number, :place, :reason FROM lines
        WHERE parent_id > 0 AND NOT EXISTS (SELECT 1 FROM lines AS other WHERE other.id = lines.parent_id)""",
    ),
    ("上级id", dictionary.IN_A_CIRCLE, "INSERT INTO faults SELECT number, :place, :reason FROM circles"),
    ("上级id", dictionary.TOO_DEEP, "INSERT INTO faults SELECT number, :place, :reason FROM lines WHERE level > :levels"),
    (
        "上级id",
        dictionary.TOO_MANY_CHILDREN,
        """INSERT INTO faults SELECT number, :place, :reason
        FROM (SELECT number, row_number() OVER (PARTITION BY parent_id ORDER BY number) AS place FROM lines WHERE parent_id >= 0)
        WHERE place > :children""",
    ),
    (
        "值",
        dictionary.DUPLICATE_VALUE,
        """INSERT INTO faults SELECT number, :place, :reason FROM lines WHERE value != '' AND root != '' AND EXISTS
        (SELECT 1 FROM lines AS other WHERE other.root = lines.root AND other.value = lines.value AND other.number < lines.number)""",
    ),
    (
        "编码",
        dictionary.DUPLICATE_CODE,
        """INSERT INTO faults SELECT number, :place, :reason FROM lines
        WHERE code != '' AND EXISTS (SELECT 1 FROM lines AS other WHERE other.code = lines.code AND other.number < lines.number)""",
    ),
)
_BELOW = """
SELECT id, name, value, code, root, EXISTS (SELECT 1 FROM lines AS other WHERE other.parent_id = lines.id)
FROM lines WHERE parent_id = ? ORDER BY number
"""


class SqliteDraft:
    """The draft of an import; see `ports.dictionary.imports.Draft` for what each method promises."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.executescript(_TABLES)

    def add(self, line: Line, entry: Entry) -> None:
        told = (line.number, to_json(line.cells), entry.id, entry.parent_id, entry.name, entry.value, entry.code)
        self._database.execute("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '')", told)
        found = [(line.number, COLUMNS.index(fault.column), fault.reason) for fault in line.faults]
        self._database.executemany("INSERT INTO faults VALUES (?, ?, ?)", found)

    def compare(self) -> None:
        database, level = self._database, 1
        database.executescript(_INDEXES)
        placed = database.execute(_TOP_LEVEL)
        while placed.rowcount:
            placed = database.execute(_NEXT_LEVEL, (level,))
            level += 1
        database.executescript(_LEFT_OVER)
        for _ in range(MOST_LEVELS):
            database.execute(_CUT_ENDS)
        for column, reason, blame in _FAULTS:
            told = {"place": COLUMNS.index(column), "reason": reason, "levels": MOST_LEVELS, "children": MOST_CHILDREN}
            database.execute(blame, told)

    def size(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM lines").fetchone()[0])

    def fault_count(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM faults").fetchone()[0])

    def faults(self) -> Iterator[tuple[int, Fault]]:
        found = self._database.execute("SELECT line, place, reason FROM faults ORDER BY line, place")
        return ((line, Fault(COLUMNS[place], reason)) for line, place, reason in found)

    def lines(self) -> Iterator[Line]:
        for number, cells in self._database.execute("SELECT number, cells FROM lines ORDER BY number"):
            found = self._database.execute("SELECT place, reason FROM faults WHERE line = ? ORDER BY place", (number,))
            yield Line(number, from_json(cells), [Fault(COLUMNS[place], reason) for place, reason in found])

    def entries(self) -> Iterator[tuple[Entry, str]]:
        levels = [self._below(TOP)]
        while levels:
            found = next(levels[-1], None)
            if found is None:
                levels.pop()
                continue
            yield found
            if found[0].has_children:
                levels.append(self._below(found[0].id))

    def _below(self, parent_id: int) -> Iterator[tuple[Entry, str]]:
        found = self._database.execute(_BELOW, (parent_id,))
        for position, (entry_id, name, value, code, root, has_children) in enumerate(found):
            yield Entry(entry_id, parent_id, name, value, code, position, bool(has_children)), root


@contextmanager
def open_draft() -> Iterator[SqliteDraft]:
    """Open an empty draft, which is deleted at the end."""
    # A database without a name lies in a temporary file that is deleted when it is closed.
    with closing(sqlite3.connect("")) as database:
        yield SqliteDraft(database)
