"""Exports and imports take as much memory for a hundred thousand rows as for ten thousand, and never 64 MiB. `pytest -s` shows the table.

Peak of resident memory of a process that does one job; its dictionary counts and keeps nothing (see spreadsheet_job.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.stacks import ENVIRONMENT, ROOT

FEW, MANY = 10_000, 100_000
RATIO = 1.25
MOST_KIBIBYTES = 64 * 1024


def measure(what: str, rows: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.integration.spreadsheet_job", what, str(rows), str(folder)]
    run = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    measured: dict[str, Any] = json.loads(run.stdout)
    sys.stdout.write(
        f"{what:8}{rows:8} rows{measured['bytes']:10} bytes{measured['peak'] / 1024:8.1f} MiB at most{measured['seconds']:7.1f} s\n"
    )
    return measured


def measure_both(what: str, folder: Path) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(2) as two:
        return list(two.map(lambda rows: measure(what, rows, folder / str(rows)), (FEW, MANY)))


@pytest.mark.parametrize("kinds", [("export", "import"), ("shared",)], ids=["own sheets", "sheets of Excel"])
def test_ten_times_the_rows_take_no_more_memory(kinds: tuple[str, ...], tmp_path: Path) -> None:
    sys.stdout.write("\n")
    for what in kinds:
        few, many = measure_both(what, tmp_path)
        assert many["peak"] <= min(RATIO * few["peak"], MOST_KIBIBYTES)


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    """Make a folder for the sheet of each size: an import reads what the export before it has written."""
    for rows in (FEW, MANY):
        (tmp_path / str(rows)).mkdir()
