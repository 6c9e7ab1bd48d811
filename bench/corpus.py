"""Read every .xlsx file below a folder with our reader, openpyxl and calamine, and print where they differ.

`python -m bench.corpus FOLDER [--examples 3]`. Formulas are compared with openpyxl alone, because calamine tells their results. What is
shown otherwise than it is stored counts as its number, the columns beyond those that we read as empty. The files stay where they are: none
of them belongs into the repository.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import Any

from bench.one_run import peak_kibibytes
from guahao.adapters.xlsx.reader import read_sheet
from guahao.domain.administration.spreadsheets import Broken, Formula, Shown, plain
from guahao.domain.errors import SpreadsheetRefused

COLUMNS, MOST_SECONDS = 64, 120
ERROR = re.compile(r"#[A-Z0-9/!?]+", re.ASCII)
Cells = dict[tuple[int, int], Any]
Differences = dict[str, list[str]]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--examples", type=int, default=3)
    options = parser.parse_args()
    if find_spec("python_calamine") is None:
        sys.exit("python-calamine is not installed: `make .venv/all` installs what measuring needs.")
    warnings.simplefilter("ignore")
    paths = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in (".xlsx", ".xlsm") and path.is_file())
    # Ours first and alone, so that the memory of the others is not counted.
    slowest, refused = max((ours_alone(path) for path in paths), default=(0.0, "")), 0
    print(f"{len(paths)} files; ours took {peak_kibibytes() / 1024:.1f} MiB at most, {slowest[0]:.1f} s for the slowest, {slowest[1]}")
    found: Differences = defaultdict(list)
    for path in paths:
        refused += compare(path, found)
    print(f"{refused} refused by ours")
    for kind, places in sorted(found.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(places):6} {kind}")
        for place in places[: options.examples]:
            print(f"       {place[:300]}")


def ours_alone(path: Path) -> tuple[float, str]:
    """Read the file to its end within the time, or stop the whole run: our reader must not hang and not fail."""
    started = process_time()
    try:
        with within_time(), path.open("rb") as file:
            for _ in read_sheet(file).rows:
                pass
    except SpreadsheetRefused:
        pass
    except Exception as error:
        sys.exit(f"{path}: our reader failed: {error!r}")
    return process_time() - started, path.name


@contextmanager
def within_time() -> Iterator[None]:
    """Raise TimeoutError for what takes too long."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"it took more than {MOST_SECONDS} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def compare(path: Path, found: Differences) -> int:
    """Compare the cells of one file and return whether ours refused it."""
    name, ours, refusal = "", {}, ""
    with path.open("rb") as file:
        try:
            sheet = read_sheet(file)
            name = sheet.name
            ours = {(row.number, place): cell for row in sheet.rows for place, cell in row.cells.items()}
        except SpreadsheetRefused as refused:
            refusal = refused.detail[:60]
    for other, read in (("openpyxl", by_openpyxl), ("calamine", by_calamine)):
        try:
            with within_time():
                theirs = read(path, name)
        except Exception as error:  # whatever a library raises is what is told
            found[f"{other} fails, ours {f'refuses: {refusal}' if refusal else 'reads'}"].append(f"{path.name}: {error!r}")
            continue
        if refusal:
            found[f"{other} reads, ours refuses: {refusal}"].append(path.name)
        else:
            for kind, place in differences(other, ours, theirs):
                found[kind].append(f"{path.name} {place}")
    return bool(refusal)


def by_openpyxl(path: Path, name: str) -> Cells:
    import openpyxl

    sheet = pick(openpyxl.load_workbook(path, read_only=True), lambda book: [each.title for each in book.worksheets], name)
    sheet.reset_dimensions()
    cells = (cell for row in sheet.iter_rows(max_col=COLUMNS) for cell in row if cell.value is not None)
    return {(cell.row, cell.column - 1): Formula(cell.value) if cell.data_type in ("f", "e") else cell.value for cell in cells}


def by_calamine(path: Path, name: str) -> Cells:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    sheet = book.get_sheet_by_name(name if name in book.sheet_names else book.sheet_names[0])
    rows = sheet.to_python(skip_empty_area=False)
    return {(n, place): cell for n, row in enumerate(rows, 1) for place, cell in enumerate(row[:COLUMNS]) if cell != ""}


def pick(book: Any, names: Callable[[Any], Iterable[str]], name: str) -> Any:
    return book[name] if name in names(book) else book.worksheets[0]


def differences(other: str, ours: Cells, theirs: Cells) -> Iterator[tuple[str, str]]:
    """Yield each kind of difference and where it is."""
    for place in sorted({*ours, *theirs}):
        mine, their = filled(ours.get(place)), filled(theirs.get(place))
        if other == "calamine" and isinstance(mine, Formula):
            continue
        if not alike(mine, their):
            kinds = f"{type(mine).__name__} where {other} has {type(their).__name__}"
            yield f"ours has {kinds}", f"row {place[0]} column {place[1] + 1}: {mine!r} / {their!r}"


def filled(cell: Any) -> Any:
    """Return the cell, None for a text of blanks."""
    return None if isinstance(cell, str) and not cell.strip() else cell


def alike(mine: Any, their: Any) -> bool:
    """Tell whether two cells are the same to whoever looks at them."""
    if isinstance(mine, Formula):
        return isinstance(their, Formula)
    if isinstance(mine, Broken) or isinstance(their, Formula):
        return False
    if isinstance(mine, Shown):
        mine = mine.number
    if isinstance(their, date) and not isinstance(their, datetime):
        their = datetime.combine(their, time())
    if isinstance(mine, datetime) and isinstance(their, datetime):
        return abs(mine - their) <= timedelta(seconds=1)
    if isinstance(mine, time) and isinstance(their, time):
        return mine.replace(microsecond=0) == their.replace(microsecond=0) or mine == _next_second(their)
    if isinstance(mine, timedelta) and isinstance(their, timedelta):
        return abs(mine - their) <= timedelta(seconds=1)
    if isinstance(mine, str) and isinstance(their, str):
        # calamine leaves out blanks at the ends, as whoever imports does.
        return str(mine).strip() == plain(their).strip()
    return isinstance(mine, bool) == isinstance(their, bool) and mine == their


def _next_second(moment: time) -> time:
    return (datetime.combine(date(2000, 1, 1), moment.replace(microsecond=0)) + timedelta(seconds=1)).time()


if __name__ == "__main__":
    main()
