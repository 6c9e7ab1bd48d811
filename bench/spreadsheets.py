"""Compare reading and writing of spreadsheets, side by side in one run: ours, ours of an earlier commit, and libraries.

`python -m bench.spreadsheets [--rows 200000] [--runs 5] [--before COMMIT]` prints the median of CPU seconds and the peak of memory of fresh
processes. Each round asks everyone once, so that a busy machine is busy for all. Files have 5 columns of the dictionary's kind; those that
are read have their texts in one table, as Excel saves them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS = "layers/core/python"
BEFORE = "14233a8"
"""The last commit whose sheets openpyxl wrote and whose reader kept texts in SQLite."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--before", default=BEFORE)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        before = earlier(options.before, Path(folder))
        shared = Path(folder, "shared.xlsx")
        one("write_shared", shared, options.rows, ROOT / OURS)
        compare(
            "reading shared texts",
            "openpyxl read-only",
            options,
            {
                "ours": ("read_ours", shared, ROOT / OURS),
                "before": ("read_ours", shared, before),
                "openpyxl read-only": ("read_openpyxl", shared, ROOT / OURS),
                "calamine": ("read_calamine", shared, ROOT / OURS),
            },
        )
        compare(
            "writing",
            "before",
            options,
            {
                "ours": ("write_ours", Path(folder, "ours.xlsx"), ROOT / OURS),
                "before": ("write_ours", Path(folder, "before.xlsx"), before),
                "openpyxl write-only": ("write_openpyxl", Path(folder, "openpyxl.xlsx"), ROOT / OURS),
                "xlsxwriter alone": ("write_xlsxwriter", Path(folder, "xlsxwriter.xlsx"), ROOT / OURS),
            },
        )


def earlier(commit: str, folder: Path) -> Path:
    """Return where the product's code of that commit lies."""
    packed = subprocess.run(["git", "archive", commit, OURS], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder / OURS


def one(how: str, path: Path, rows: int, code: Path) -> dict[str, Any]:
    """Measure one process."""
    command = [sys.executable, "-m", "bench.one_run", how, str(path), str(rows)]
    run = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(code)}, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stderr)
    measured: dict[str, Any] = json.loads(run.stdout)
    if measured["rows"] != rows:
        sys.exit(f"{how} saw {measured['rows']} rows of {rows}")
    return measured


def compare(what: str, beside: str, options: argparse.Namespace, contenders: dict[str, tuple[str, Path, Path]]) -> None:
    """Measure all in turn and print a table."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
    for _ in range(options.runs):
        for name, (how, path, code) in contenders.items():
            runs[name].append(one(how, path, options.rows, code))
    print(f"\n{what}: {options.rows} rows, median of {options.runs}\n{'':22}{'CPU s':>8}{'of ' + beside:>24}{'peak MiB':>10}{'bytes':>10}")
    times = {name: median(run["seconds"] for run in measured) for name, measured in runs.items()}
    for name, measured in runs.items():
        peak = max(run["peak"] for run in measured) / 1024
        print(f"{name:22}{times[name]:8.2f}{times[name] / times[beside]:24.2f}{peak:10.1f}{measured[0]['bytes']:10}", flush=True)


if __name__ == "__main__":
    main()
