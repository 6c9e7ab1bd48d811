"""Imports of the dictionary: every fault is named, and nothing changes unless there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from guahao.adapters.import_draft import open_draft
from guahao.adapters.xlsx.reader import read_sheet, require_workbook
from guahao.adapters.xlsx.writer import write_sheet
from guahao.domain.administration.jobs import LONGEST_RUN, Job, JobState, Work
from guahao.domain.administration.spreadsheets import MOST_FILE_BYTES
from guahao.domain.dictionary.dictionary import COLUMNS, MOST_LEVELS, Entry
from guahao.domain.errors import IdempotencyKeyReused, Invalid, SpreadsheetRefused
from guahao.usecases.administration.exports import DictionaryTable, Exports
from guahao.usecases.administration.jobs import JobRunner, JobService
from guahao.usecases.dictionary import imports as under_test
from guahao.usecases.dictionary.dictionary import DictionaryPublisher
from guahao.usecases.dictionary.imports import COMMENTS, Imports, ImportService
from tests.builders import NOW
from tests.fakes.dictionary import FakeDictionary, FakeDictionaryCache
from tests.fakes.jobs import FakeFiles, FakeJobs
from tests.sheets import dictionary_sheet, of_openpyxl, written

Row = Sequence[Any]
GOOD: list[Row] = [
    (1, 0, "省", None, "Province"),
    (110000, 1, "北京市", "110000"),
    (110100, 110000, "市辖区", "110100"),
    (2, 0, "民族", "", "Nation"),
]


class World:
    def __init__(self) -> None:
        self.now = NOW
        self.jobs, self.files, self.dictionary, self.cache = FakeJobs(), FakeFiles(), FakeDictionary(), FakeDictionaryCache()
        self.service = ImportService(JobService(Work.IMPORT, self.jobs, self.files, self.jobs.log, self.clock), require_workbook)
        runner = JobRunner(self.jobs, self.clock)
        publisher = DictionaryPublisher(self.dictionary, self.cache, self.clock)
        self.imports = Imports(runner, self.files, publisher, open_draft, read_sheet, write_sheet)
        tables = {"dictionary": lambda _: DictionaryTable(self.dictionary, self.dictionary.version())}
        self.exports = Exports(runner, tables, self.files, write_sheet)

    def clock(self) -> datetime:
        return self.now

    def send(self, content: bytes, key: str = "") -> Job:
        """Import the file and return its job."""
        job_id = self.service.request("a1", key, content).job.job_id
        self.imports.run(job_id)
        return self.jobs.jobs[job_id]

    def export(self) -> bytes:
        """Return the dictionary as it is exported."""
        service = JobService(Work.EXPORT, self.jobs, self.files, self.jobs.log, self.clock)
        job_id = service.request("a1", "", "dictionary", lambda _: {}).job.job_id
        self.exports.run(job_id)
        return self.files.files[self.jobs.jobs[job_id].file]

    def entries(self) -> list[Entry]:
        version = self.dictionary.version()
        return list(self.dictionary.walk(version)) if version else []

    def marked(self, job: Job) -> openpyxl.Workbook:
        return openpyxl.load_workbook(BytesIO(self.files.files[job.file]))


@pytest.fixture
def world() -> World:
    return World()


def errors_of(job: Job) -> list[tuple[int | None, str | None]]:
    assert job.state is JobState.FAILED
    return [(error.row, error.column) for error in job.errors]


def test_a_sheet_without_faults_becomes_the_dictionary(world: World) -> None:
    job = world.send(dictionary_sheet(*GOOD))
    assert (job.state, job.result, job.done, job.total, job.errors) == (JobState.DONE, "imported", 4, 4, ())
    assert world.entries() == [
        Entry(1, 0, "省", "", "Province", 0, True),
        Entry(110000, 1, "北京市", "110000", "", 0, True),
        Entry(110100, 110000, "市辖区", "110100", "", 0, False),
        Entry(2, 0, "民族", "", "Nation", 1, False),
    ]
    version = world.dictionary.version() or ""
    assert world.dictionary.names(version, [("Province", "110100")]) == {("Province", "110100"): "市辖区"}


def test_what_is_exported_comes_back_without_changing_anything(world: World) -> None:
    world.send(written(COLUMNS, [*GOOD, (3, 0, "其他", "-1"), (4, 3, "=1+1", "-2"), (5, 3, "'@名", "3")]))
    version, exported = world.dictionary.version(), world.export()
    job = world.send(exported)
    assert (job.state, job.result, world.dictionary.version()) == (JobState.DONE, "unchanged", version)
    assert [row.cells.get(2) for row in read_sheet(BytesIO(exported)).rows][-2:] == ["=1+1", "'@名"]


def test_what_people_type_is_understood(world: World) -> None:
    typed: list[Row] = [("1", 0.0, " 省 ", None, " Province "), (None, " ", "", None), (2.0, "1", "北京市", 110000.0, None)]
    assert world.send(dictionary_sheet(*typed)).result == "imported"
    assert world.entries() == [Entry(1, 0, "省", "", "Province", 0, True), Entry(2, 1, "北京市", "110000", "", 0, False)]


def test_the_order_of_the_rows_is_the_order_of_siblings_and_children_may_come_first(world: World) -> None:
    assert world.send(dictionary_sheet((5, 9, "乙"), (3, 9, "甲"), (9, 0, "上"))).result == "imported"
    assert [(entry.id, entry.position) for entry in world.entries()] == [(9, 0), (5, 0), (3, 1)]


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([(1, 0, "a"), (1, 0, "b"), (1, 1, "c")], [(3, "id"), (4, "id")]),
        ([(1, 0, "a"), (2, 7, "b"), (3, 2, "c")], [(3, "上级id")]),
        ([(1, 1, "self")], [(2, "上级id")]),
        (
            [(1, 3, "a"), (2, 1, "b"), (3, 2, "c"), (4, 2, "branch"), (5, 4, "leaf"), (6, 0, "apart")],
            [(2, "上级id"), (3, "上级id"), (4, "上级id")],
        ),
        ([(1, 2, "a"), (2, 1, "b"), (3, 4, "c"), (4, 3, "d")], [(row, "上级id") for row in (2, 3, 4, 5)]),
        ([(1, 0, "a", "", "Nation"), (2, 0, "b", "", "Nation")], [(3, "编码")]),
        ([(1, 0, "a", "", "Nation"), (2, 1, "b", "1"), (3, 2, "c", "1"), (4, 1, "d", "2")], [(4, "值")]),
        ([(level, level - 1, "deep") for level in range(1, MOST_LEVELS + 3)], [(MOST_LEVELS + 2, "上级id"), (MOST_LEVELS + 3, "上级id")]),
        (
            [("x", 0, "a"), (0, 0, "b"), (1.5, 0, "c"), (True, 0, "d"), (2**60, 0, "e"), (None, 0, "f")],
            [(row, "id") for row in range(2, 8)],
        ),
        ([(1, None, "a"), (2, -1, "b"), (3, 1, "c")], [(2, "上级id"), (3, "上级id")]),
        ([(1, 0, None), (2, 0, "x" * 101), (3, 0, "a\nb"), (4, 1, "child of a faulty one")], [(row, "名称") for row in (2, 3, 4)]),
        ([(1, 0, "a", "两"), (2, 0, "b", datetime(2026, 3, 2)), (3, 0, "c", "1", "1st")], [(2, "值"), (3, "值"), (4, "编码")]),
        ([(None, None, None, "1")], [(2, "id"), (2, "上级id"), (2, "名称")]),
        ([(1, 0, "=A1"), ("=ROW()", 0, None), (3, 0, "c", "=1+1")], [(2, "名称"), (3, "id"), (3, "名称"), (4, "值")]),
    ],
)
def test_every_fault_is_named_with_its_row_and_column_and_nothing_is_changed(
    world: World, rows: list[Row], faults: list[tuple[int, str]]
) -> None:
    world.send(dictionary_sheet(*GOOD))
    before = world.dictionary.version(), world.entries()
    job = world.send(dictionary_sheet(*rows))
    assert errors_of(job) == faults
    assert job.error_count == len(faults)
    assert (world.dictionary.version(), world.entries()) == before


def test_the_same_value_may_stand_below_two_codes(world: World) -> None:
    rows: list[Row] = [
        (1, 0, "a", "", "Nation"),
        (2, 1, "b", "1"),
        (3, 0, "c", "", "Education"),
        (4, 3, "d", "1"),
        (5, 0, "e", "1"),
        (6, 0, "f", "1"),
    ]
    assert world.send(dictionary_sheet(*rows)).result == "imported"


def test_the_sheet_with_its_faults_marked_can_be_corrected_and_sent_again(world: World) -> None:
    job = world.send(dictionary_sheet((1, 0, "=1+1", "1"), (2, 1, "乙", datetime(2026, 3, 2)), (3, 9, "丙", "x y", "C")))
    book = world.marked(job)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [*COLUMNS, COMMENTS]
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.patternType}
    assert marked == {"C2", "D3", "B4", "D4"}
    assert sheet["C2"].value == "=NA()"
    assert "=1+1" in sheet["F2"].value
    assert sheet["D3"].value == datetime(2026, 3, 2)
    assert [word in sheet["F4"].value for word in ("上级id", "值", "编码")] == [True, True, False]
    for place, value in {"C2": "甲", "D3": "2", "B4": 1, "D4": "3"}.items():
        sheet[place] = value
    corrected = BytesIO()
    book.save(corrected)
    assert world.send(corrected.getvalue()).result == "imported"
    assert [entry.name for entry in world.entries()] == ["甲", "乙", "丙"]


def test_a_hundred_faults_are_in_the_job_and_all_in_the_sheet(world: World) -> None:
    job = world.send(dictionary_sheet(*[(row, 0, None) for row in range(1, 251)]))
    assert (len(job.errors), job.error_count) == (100, 250)
    sheet = world.marked(job).worksheets[0]
    assert sum(1 for row in sheet.iter_rows(min_row=2) if row[5].value) == 250


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (of_openpyxl(["id", "上级id", "名称", "编码", "值"], [1, 0, "a"]), "first row must be id, 上级id, 名称, 值, 编码"),
        (of_openpyxl(["id", "上级id", "名称", "值"], [1, 0, "a"]), "first row must be"),
        (of_openpyxl([*COLUMNS, "备注"], [1, 0, "a"]), "first row must be"),
        (of_openpyxl([None, *COLUMNS], [None, 1, 0, "a"]), "first row must be"),
        (of_openpyxl([], COLUMNS, [1, 0, "a"]), "first row must be"),
        (of_openpyxl(), "first row must be"),
        (of_openpyxl(COLUMNS, [None, " "]), "no row below"),
    ],
)
def test_a_sheet_that_is_wrong_as_a_whole_has_one_clear_fault(world: World, content: bytes, reason: str) -> None:
    world.send(dictionary_sheet(*GOOD))
    version = world.dictionary.version()
    job = world.send(content)
    assert errors_of(job) == [(None, None)]
    assert reason in job.errors[0].reason
    assert (job.file, world.dictionary.version()) == ("", version)


def test_a_sheet_with_too_many_rows_is_refused_before_all_are_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "MOST_ROWS", 2)
    assert "more than 2 rows" in world.send(dictionary_sheet(*GOOD)).errors[0].reason


def test_what_is_surely_no_spreadsheet_is_refused_at_once_and_leaves_nothing(world: World) -> None:
    for content, refusal in ((b"", Invalid), (b"x" * (MOST_FILE_BYTES + 1), Invalid), (b"id,name", SpreadsheetRefused)):
        with pytest.raises(refusal):
            world.service.request("a1", "k", content)
    assert (world.jobs.jobs, world.files.files) == ({}, {})


def test_a_key_belongs_to_one_file(world: World) -> None:
    file, other = dictionary_sheet(*GOOD), dictionary_sheet(*GOOD[:1])
    assert world.service.request("a1", "k", file) == world.service.request("a1", "k", file)
    with pytest.raises(IdempotencyKeyReused):
        world.service.request("a1", "k", other)
    world.imports.run(world.service.request("a1", "k", file).job.job_id)
    assert len(world.entries()) == len(GOOD)


@pytest.mark.parametrize("killed_at", ["begin", "write", "publish", "set_version", "finish"])
def test_an_import_that_was_killed_anywhere_is_done_by_the_next_run(world: World, killed_at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = world.service.request("a1", "", dictionary_sheet(*GOOD)).job.job_id
    place: Any = {"set_version": world.cache, "finish": under_test.Run}.get(killed_at, world.dictionary)
    real = getattr(place, killed_at)

    def killed(*arguments: Any) -> None:
        if killed_at != "finish":
            real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(place, killed_at, killed)
        with pytest.raises(KeyboardInterrupt):
            world.imports.run(job_id)
    world.now += LONGEST_RUN
    world.imports.run(job_id)
    job = world.jobs.jobs[job_id]
    assert (job.state, job.result, len(world.entries())) == (JobState.DONE, "imported", len(GOOD))


def test_an_import_during_which_another_was_published_fails_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = world.service.request("a1", "", dictionary_sheet(*GOOD)).job.job_id
    write = world.dictionary.write

    def overtaken(version: str, rows: Any) -> None:
        monkeypatch.undo()
        world.send(dictionary_sheet(*GOOD[:1]))
        write(version, rows)

    monkeypatch.setattr(world.dictionary, "write", overtaken)
    world.imports.run(job_id)
    job = world.jobs.jobs[job_id]
    assert (job.state, len(world.entries())) == (JobState.FAILED, 1)
    assert errors_of(job) == [(None, None)]


def test_an_empty_dictionary_is_exported_as_its_columns(world: World) -> None:
    assert [dict(row.cells) for row in read_sheet(BytesIO(world.export())).rows] == [dict(enumerate(COLUMNS))]
