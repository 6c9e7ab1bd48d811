"""Exports: a table of the product as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from guahao.contracts.exports import OrdersFilter
from guahao.domain.administration.spreadsheets import Cell, Column
from guahao.domain.booking.order_sheet import ORDER_COLUMNS, ORDER_SHEET, order_row
from guahao.domain.booking.order_states import OrderState
from guahao.domain.dictionary.dictionary import SHEET, SHEET_COLUMNS
from guahao.domain.errors import Unprocessable
from guahao.domain.statistics.statistics import HospitalDay
from guahao.ports.administration.jobs import Files
from guahao.ports.administration.spreadsheets import WriteSheet
from guahao.ports.booking.order_index import OrderIndex, OrderSearch
from guahao.ports.dictionary.dictionary import Dictionary
from guahao.usecases.administration.jobs import JobRunner, Run

MOST_ROWS = 200_000
"""The highest number of rows, which are written in half the time that a worker lives."""


class Table(Protocol):
    """The content of an export."""

    @property
    def sheet(self) -> str: ...

    @property
    def columns(self) -> Sequence[Column]: ...

    def total(self) -> int:
        """Return how many rows there are, or were a moment ago; above MOST_ROWS any higher number will do."""
        ...

    def rows(self) -> Iterator[Sequence[Cell]]: ...


class ReadTable(Protocol):
    """Builds the table of one kind of export."""

    def __call__(self, wanted: Mapping[str, str], /) -> Table:
        """Return the table for the filter, whose fields were validated when the export was requested."""
        ...


@dataclass(frozen=True)
class DictionaryTable:
    """The whole dictionary in one version, depth first."""

    dictionary: Dictionary
    version: str | None

    sheet, columns = SHEET, SHEET_COLUMNS

    def total(self) -> int:
        return self.dictionary.count(self.version) if self.version else 0

    def rows(self) -> Iterator[Sequence[Cell]]:
        for entry in self.dictionary.walk(self.version) if self.version else ():
            yield entry.id, entry.parent_id, entry.name, entry.value, entry.code


@dataclass(frozen=True)
class OrdersTable:
    """Orders in their state when their rows are written, the latest visits first."""

    index: OrderIndex
    wanted: OrderSearch

    sheet, columns = ORDER_SHEET, ORDER_COLUMNS

    @classmethod
    def of(cls, index: OrderIndex, asked: OrdersFilter) -> OrdersTable:
        """Return the table of the orders that fit the filter."""
        state = OrderState(asked.status) if asked.status else None
        return cls(index, OrderSearch(hospital_code=asked.hospital_code or "", state=state, first=asked.first, last=asked.last))

    def total(self) -> int:
        return self.index.count(self.wanted, MOST_ROWS + 1)

    def rows(self) -> Iterator[Sequence[Cell]]:
        return map(order_row, self.index.each(self.wanted))


@dataclass(frozen=True)
class StatisticsTable:
    """The figures of each day of each hospital."""

    days: Sequence[HospitalDay]

    sheet = "统计"
    columns = tuple(Column(title, 12) for title in ("就诊日期", "医院编号", "预约总数", "有效预约", "已支付", "已取消", "已取号", "爽约"))

    def total(self) -> int:
        return len(self.days)

    def rows(self) -> Iterator[Sequence[Cell]]:
        for day in self.days:
            yield day.date.isoformat(), day.hospital_code, *day.figures


@dataclass(frozen=True)
class Exports:
    """Runs the jobs of exports."""

    runner: JobRunner
    tables: Mapping[str, ReadTable]
    files: Files
    write_sheet: WriteSheet

    def run(self, job_id: str) -> None:
        """Write the job's table into its file; a repeated run writes the same file."""
        self.runner.run(job_id, self._export)

    def _export(self, run: Run) -> None:
        table, key = self.tables[run.job.kind](run.job.parameters), f"exports/{run.job.job_id}.xlsx"
        total = table.total()
        if total > MOST_ROWS:
            raise Unprocessable(
                f"There are more than {MOST_ROWS} rows, the most that an export can have. Ask for fewer days, or one hospital or state."
            )
        with self.files.writing(key) as file:
            self.write_sheet(file, table.sheet, table.columns, run.counted(table.rows(), total))
        run.finish("exported", run.job.done, key)
