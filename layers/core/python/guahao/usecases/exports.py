"""Exports: a table of the product as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from guahao.domain.dictionary import COLUMNS
from guahao.domain.spreadsheets import Cell
from guahao.ports.dictionary import Dictionary
from guahao.ports.jobs import Files
from guahao.ports.spreadsheets import WriteSheet
from guahao.usecases.jobs import JobRunner, Run


class Table(Protocol):
    """One kind of export, as it is at one moment."""

    @property
    def columns(self) -> Sequence[str]: ...

    def total(self) -> int:
        """Return how many rows there are, or were a moment ago."""
        ...

    def rows(self) -> Iterator[Sequence[Cell]]: ...


class ReadTable(Protocol):
    """Makes the table of one kind."""

    def __call__(self, wanted: Mapping[str, str]) -> Table:
        """Return the rows that the filter wants; its fields were checked when the export was asked for."""
        ...


@dataclass(frozen=True)
class DictionaryTable:
    """The whole dictionary, depth first, in one version."""

    dictionary: Dictionary
    version: str | None

    columns = COLUMNS

    def total(self) -> int:
        return self.dictionary.count(self.version) if self.version else 0

    def rows(self) -> Iterator[Sequence[Cell]]:
        for entry in self.dictionary.walk(self.version) if self.version else ():
            yield entry.id, entry.parent_id, entry.name, entry.value, entry.code


@dataclass(frozen=True)
class Exports:
    """Does the jobs of exports, by their kind."""

    runner: JobRunner
    tables: Mapping[str, ReadTable]
    files: Files
    write_sheet: WriteSheet

    def run(self, job_id: str) -> None:
        """Write the job's table into its file; done again, it is the same file."""
        self.runner.run(job_id, self._export)

    def _export(self, run: Run) -> None:
        table, key = self.tables[run.job.kind](run.job.parameters), f"exports/{run.job.job_id}.xlsx"
        with self.files.writing(key) as file:
            self.write_sheet(file, table.columns, run.counted(table.rows(), table.total()))
        run.finish("exported", run.job.done, key)
