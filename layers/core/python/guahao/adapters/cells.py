"""Cells of a spreadsheet as JSON, so that what each was can be read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from guahao.domain.administration.spreadsheets import Broken, Cell, Formula, Shown

# What JSON does not know is a list of its kind and what it takes to make it.
_MAKE: dict[str, Callable[..., Cell]] = {
    "formula": Formula,
    "broken": Broken,
    "shown": Shown,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda seconds: timedelta(seconds=seconds),
}


def to_json(cells: Sequence[Cell]) -> str:
    """Return the cells as JSON."""
    return json.dumps([_plain(cell) for cell in cells], ensure_ascii=False)


def from_json(text: str) -> list[Cell]:
    """Return the cells as they were."""
    return [_MAKE[cell[0]](*cell[1:]) if isinstance(cell, list) else cell for cell in json.loads(text)]


def _plain(cell: Cell) -> Any:
    match cell:
        case Formula():
            return ["formula", str(cell)]
        case Broken():
            return ["broken", str(cell)]
        case Shown():
            return ["shown", *cell]
        case datetime() | time():
            return [type(cell).__name__, cell.isoformat()]
        case timedelta():
            return ["duration", cell.total_seconds()]
        case _:
            return cell
