"""Reads or writes one spreadsheet in this process and tells what it took: `python -m bench.one_run HOW PATH ROWS`; prints JSON.

The product's code is what PYTHONPATH names, also that of an earlier commit.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from time import process_time

COLUMNS = ("id", "上级id", "名称", "值", "编码")
_BRANCHES = 100


def rows(count: int) -> Iterator[Sequence[int | str]]:
    """Yield the rows of a dictionary of so many entries."""
    for number in range(1, count + 1):
        branch = (number - 1) // _BRANCHES * _BRANCHES + 1
        if number == branch:
            yield number, 0, f"第{number}组", "", f"Root{number}"
        else:
            yield number, branch, f"名称{number}", f"{number:06}", ""


def read_ours(path: Path, _: int) -> int:
    from guahao.adapters.xlsx.reader import read_sheet

    with path.open("rb") as file:
        found = read_sheet(file)
        told: Iterable[object] = getattr(found, "rows", found)
        return sum(1 for _ in told) - 1


def read_openpyxl(path: Path, _: int) -> int:
    import openpyxl

    return sum(1 for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)) - 1


def read_calamine(path: Path, _: int) -> int:
    from python_calamine import CalamineWorkbook

    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()) - 1


def write_ours(path: Path, count: int) -> int:
    from guahao.adapters.xlsx.writer import write_sheet

    with path.open("wb") as file:
        if "columns" in inspect.signature(write_sheet).parameters:
            from guahao.domain.administration.spreadsheets import Column

            write_sheet(file, "a", [Column(title, 12) for title in COLUMNS], rows(count))
        else:  # as it was until December 2026
            write_sheet(file, COLUMNS, rows(count))  # type: ignore[call-arg,arg-type]
    return count


def write_openpyxl(path: Path, count: int) -> int:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([COLUMNS], rows(count)):
        sheet.append(row)
    book.save(path)
    return count


def write_xlsxwriter(path: Path, count: int) -> int:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    _fill(book.add_worksheet(), count)
    book.close()
    return count


def write_shared(path: Path, count: int) -> int:
    """Write as Excel does, all texts in one table."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path)
    _fill(book.add_worksheet(), count)
    book.close()
    return count


def _fill(sheet: object, count: int) -> None:
    for place, row in enumerate(chain([COLUMNS], rows(count))):
        for column, cell in enumerate(row):
            if cell != "":
                (sheet.write_string if isinstance(cell, str) else sheet.write_number)(place, column, cell)  # type: ignore[attr-defined]


HOW = {
    function.__name__: function
    for function in (read_ours, read_openpyxl, read_calamine, write_ours, write_openpyxl, write_xlsxwriter, write_shared)
}


def peak_kibibytes() -> int:
    """Return the most resident memory that this process ever had; getrusage would count what its parent had when it was forked."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0])


def main() -> None:
    """Do what the arguments say."""
    how, path, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    started = process_time()
    done = HOW[how](path, count)
    print(json.dumps({"rows": done, "seconds": process_time() - started, "peak": peak_kibibytes(), "bytes": path.stat().st_size}))


if __name__ == "__main__":
    main()
