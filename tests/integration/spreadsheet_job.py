"""Does one export or import of so many rows, in a process of its own, and tells what it took.

Run as `python -m tests.integration.spreadsheet_job export|import|shared ROWS FOLDER`; prints JSON. Use cases, spreadsheets and draft are
the product's; the dictionary counts what it is given and keeps nothing, so that no store's memory is in the numbers. `import` reads what
`export` has written, `shared` the same rows as Excel would have saved them, their texts in one table.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

from guahao.adapters.clock import utc_now
from guahao.adapters.import_draft import open_draft
from guahao.adapters.xlsx.reader import read_sheet
from guahao.adapters.xlsx.writer import write_sheet
from guahao.domain.administration.jobs import Job, JobState, Work
from guahao.domain.dictionary.dictionary import COLUMNS, Entry
from guahao.usecases.administration.exports import DictionaryTable, Exports
from guahao.usecases.administration.jobs import JobRunner
from guahao.usecases.dictionary.dictionary import DictionaryPublisher
from guahao.usecases.dictionary.imports import Imports
from tests.fakes.dictionary import FakeDictionaryCache
from tests.fakes.jobs import FakeJobs
from tests.sheets import save_with_shared_texts

BRANCHES = 100


class CountingDictionary:
    """A dictionary of so many rows, none of them in memory, that counts those it is given."""

    def __init__(self, rows: int) -> None:
        self.rows, self.taken = rows, 0

    def version(self) -> str | None:
        return "0-seed"

    def count(self, version: str) -> int:
        return self.rows

    def walk(self, version: str) -> Iterator[Entry]:
        for number in range(1, self.rows + 1):
            branch = (number - 1) // BRANCHES * BRANCHES + 1
            if number == branch:
                yield Entry(number, 0, f"第{number}组", "", f"Root{number}")
            else:
                yield Entry(number, branch, f"名称{number}", f"{number:06}")

    def cells(self) -> Iterator[Sequence[int | str]]:
        return ((entry.id, entry.parent_id, entry.name, entry.value, entry.code) for entry in self.walk(""))

    def write(self, version: str, rows: Iterable[tuple[Entry, str]]) -> None:
        self.taken += sum(1 for _ in rows)

    def stale(self, before: datetime) -> list[str]:
        return []

    def begin(self, version: str, now: datetime) -> None: ...

    def publish(self, version: str, expected: str | None, now: datetime) -> None: ...


class FolderFiles:
    """Files in a folder, each of them the one that is worked on."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def reading(self, key: str) -> Iterator[BinaryIO]:
        with self._path.open("rb") as file:
            yield file

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        with self._path.open("wb") as file:
            yield file


def main() -> None:
    """Do what the arguments say."""
    what, rows, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3], "sheet.xlsx")
    work = Work.EXPORT if what == "export" else Work.IMPORT
    dictionary, files, jobs = CountingDictionary(rows), FolderFiles(path), FakeJobs()
    runner = JobRunner(jobs, utc_now)
    jobs.jobs["j"] = Job("j", work, "dictionary", "a1", utc_now(), {"file": ""})
    if what == "shared":
        save_with_shared_texts(path, lambda: chain([COLUMNS], dictionary.cells()))
    started = perf_counter()
    if work is Work.EXPORT:
        tables = {"dictionary": lambda _: DictionaryTable(dictionary, "v")}
        Exports(runner, tables, files, write_sheet).run("j")
    else:
        publisher = DictionaryPublisher(dictionary, FakeDictionaryCache(), utc_now)
        Imports(runner, files, publisher, open_draft, read_sheet, write_sheet).run("j")
    job = jobs.jobs["j"]
    if (job.state, job.done) != (JobState.DONE, rows):
        sys.exit(f"the job ended as {job}")
    print(json.dumps({"peak": peak_kibibytes(), "seconds": perf_counter() - started, "bytes": path.stat().st_size}))


def peak_kibibytes() -> int:
    """Return the most resident memory that this process ever had; getrusage would count what its parent had when it was forked."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


if __name__ == "__main__":
    main()
