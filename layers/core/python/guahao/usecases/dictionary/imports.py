"""Imports of the dictionary from a spreadsheet, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from guahao.domain.administration.jobs import JobError
from guahao.domain.administration.spreadsheets import MOST_FILE_BYTES, Broken, Cell, Column, Formula, Marked, Row
from guahao.domain.dictionary.dictionary import (
    COLUMNS,
    HIGHEST_ID,
    SHEET,
    SHEET_COLUMNS,
    TOP,
    Entry,
    Fault,
    read_row,
    version_of,
    whole_number,
)
from guahao.domain.errors import Invalid
from guahao.ports.administration.jobs import Files
from guahao.ports.administration.spreadsheets import ReadSheet, RequireWorkbook, WriteSheet
from guahao.ports.dictionary.imports import UNREADABLE, Draft, Line, OpenDraft
from guahao.usecases.administration.jobs import JobRunner, JobService, JobStatus, Run
from guahao.usecases.dictionary.dictionary import DictionaryPublisher

KIND = "dictionary"
COMMENTS = "错误"
"""The extra column in which a sheet with marked faults names them."""
_COMMENTS_COLUMN = Column(COMMENTS, 80)
MOST_ROWS = 100_000
"""The highest number of rows: with names and values of usual length they fit into a file of MOST_FILE_BYTES, whoever saved it."""
_LONGEST_QUOTE = 60


@dataclass(frozen=True)
class ImportService:
    """Accepts spreadsheets for import."""

    service: JobService
    require_workbook: RequireWorkbook

    def request(self, administrator: str, idempotency_key: str, content: bytes) -> JobStatus:
        """Store the file and create its import job, or raise Invalid for a file that cannot be such a spreadsheet."""
        if not 0 < len(content) <= MOST_FILE_BYTES:
            raise Invalid(f"Send a file of up to {MOST_FILE_BYTES} bytes; this one has {len(content)}.")
        self.require_workbook(BytesIO(content))
        # The file's name has its digest, so that another file under the same Idempotency-Key cannot replace it.
        key = f"imports/{hashlib.sha256(content).hexdigest()}.xlsx"
        self.service.files.put(key, content)
        return self.service.request(administrator, idempotency_key, KIND, lambda _: {"file": key})


@dataclass(frozen=True)
class Imports:
    """Runs the jobs of imports."""

    runner: JobRunner
    files: Files
    publisher: DictionaryPublisher
    open_draft: OpenDraft
    read_sheet: ReadSheet
    write_sheet: WriteSheet

    def run(self, job_id: str) -> None:
        """Publish the job's spreadsheet as the dictionary, or report all its faults and change nothing."""
        self.runner.run(job_id, self._import)

    def _import(self, run: Run) -> None:
        with self.open_draft() as draft:
            with self.files.reading(run.job.parameters["file"]) as file:
                sheet = self.read_sheet(file)
                run.reads(sheet.name)
                _fill(draft, sheet.rows)
            if count := draft.fault_count():
                self._refuse(run, draft, count)
            else:
                self._publish(run, draft)

    def _publish(self, run: Run, draft: Draft) -> None:
        version, size = version_of((entry for entry, _ in draft.entries()), run.job.job_id), draft.size()
        changed = self.publisher.publish(version, run.counted(draft.entries(), size))
        # A run that was killed after it had published must not report that nothing changed.
        run.finish("imported" if changed or self.publisher.store.version() == version else "unchanged", size)

    def _refuse(self, run: Run, draft: Draft, count: int) -> None:
        key = f"imports/{run.job.job_id}.xlsx"
        with self.files.writing(key) as file:
            self.write_sheet(file, SHEET, (*SHEET_COLUMNS, _COMMENTS_COLUMN), (_marked(line) for line in draft.lines()))
        run.fail((JobError(number, *fault) for number, fault in draft.faults()), count, key)


def _fill(draft: Draft, rows: Iterator[Row]) -> None:
    """Add the rows of a sheet to the draft, each with its faults; raise Invalid for a wrong header."""
    header = next(rows, Row(1, {}))
    if header.number != 1 or _titles(header) not in (list(COLUMNS), [*COLUMNS, COMMENTS]):
        raise Invalid(f"The first row must be {', '.join(COLUMNS)}, in this order.")
    filled = 0
    for row in rows:
        cells = [row.cells.get(place) for place in range(len(COLUMNS))]
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells):
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise Invalid(f"The sheet has more than {MOST_ROWS} rows.")
        draft.add(*_read(row.number, cells))
    if not filled:
        raise Invalid("There is no row below the first one, and a dictionary without entries is surely not meant.")
    draft.compare()


def _titles(header: Row) -> list[str]:
    cells = [header.cells.get(place) for place in range(max(header.cells, default=-1) + 1)]
    return ["" if cell is None else str(cell).strip() for cell in cells]


def _read(number: int, cells: list[Cell]) -> tuple[Line, Entry]:
    worthless = {COLUMNS[place]: _why(cell) for place, cell in enumerate(cells) if isinstance(cell, Formula | Broken)}
    typed = [None if isinstance(cell, Formula | Broken) else cell for cell in cells]
    told = read_row(typed)
    if isinstance(told, Entry) and not worthless:
        return Line(number, cells, []), told
    faults = [Fault(column, why) for column, why in worthless.items()]
    faults += [fault for fault in told if fault.column not in worthless] if isinstance(told, list) else []
    return Line(number, cells, faults), Entry(_id_of(typed[0]), _id_of(typed[1]), "")


def _why(cell: Formula | Broken) -> str:
    quoted = cell[:_LONGEST_QUOTE]
    return (
        f"must be a value, not a formula ({quoted})" if isinstance(cell, Formula) else f"must be a value; the file has none here ({quoted})"
    )


def _id_of(cell: Cell) -> int:
    number = whole_number(cell)
    return UNREADABLE if number is None or not TOP <= number <= HIGHEST_ID else number


def _marked(line: Line) -> list[Cell | Marked]:
    faulty = {fault.column for fault in line.faults}
    cells = [Marked(cell) if column in faulty else cell for column, cell in zip(COLUMNS, line.cells, strict=True)]
    return [*cells, "; ".join(f"{fault.column} {fault.reason}" for fault in line.faults)]
