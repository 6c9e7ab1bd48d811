"""Reads one spreadsheet to its end, or to where it is refused, in a process of its own, and prints its peak of memory in KiB.

Run as `python -m tests.integration.spreadsheet_reading FILE`.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from bench.one_run import peak_kibibytes

from guahao.adapters.xlsx.reader import read_sheet
from guahao.domain.errors import SpreadsheetRefused


def main() -> None:
    """Do what the argument says."""
    with Path(sys.argv[1]).open("rb") as file, suppress(SpreadsheetRefused):
        for _ in read_sheet(file).rows:
            pass
    print(peak_kibibytes())


if __name__ == "__main__":
    main()
