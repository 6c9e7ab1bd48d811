"""The store of jobs keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from guahao.adapters.aws.clients import client
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.job_book import DynamoJobBook
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.administration.jobs import KEPT, MOST_ERRORS, Job, JobError, Work
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.jobs import JobBook, JobExists
from guahao.runtime.correlation import trace, tracing
from tests.fakes.jobs import FakeJobs


@pytest.fixture(params=["fake", "dynamo"])
def jobs(request: pytest.FixtureRequest) -> JobBook:
    if request.param == "fake":
        return FakeJobs()
    return book(request.getfixturevalue("aws"))


def book(aws: dict[str, str]) -> DynamoJobBook:
    return DynamoJobBook(aws["JOBS_TABLE"], DynamoAuditLog(aws["AUDIT_LOG_TABLE"]), trace)


def entry(job: Job) -> AuditEntry:
    return AuditEntry("a1", Action.IMPORT_REQUESTED, job.job_id)


def a_job() -> Job:
    return Job(uuid4().hex, Work.IMPORT, "dictionary", "a1", datetime.now(UTC), {"file": "imports/文件.xlsx"})


def test_a_job_is_read_back_whole_through_all_its_moves(jobs: JobBook) -> None:
    job = a_job()
    jobs.add(job, entry(job))
    assert jobs.get(job.job_id) == job
    errors = [JobError(None, None, "全部"), *(JobError(row, "上级id", "x" * 300) for row in range(MOST_ERRORS))]
    for after in (
        job.started(job.requested_at),
        job.reading("新的字典"),
        job.advanced(7, 9),
        job.finished("imported", 3, "a.xlsx"),
        job.failed(errors, 1000, "b.xlsx"),
    ):
        moved = a_job()
        jobs.add(moved, entry(moved))
        after = Job(**{**vars(after), "job_id": moved.job_id})
        jobs.move(moved, after)
        assert jobs.get(moved.job_id) == after


def test_an_unknown_job_is_none(jobs: JobBook) -> None:
    assert jobs.get(uuid4().hex) is None


def test_a_job_is_added_once_with_its_audit_entry(jobs: JobBook, request: pytest.FixtureRequest) -> None:
    job = a_job()

    def add(_: int) -> bool:
        try:
            jobs.add(job, entry(job))
        except JobExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 1
    log = jobs.log if isinstance(jobs, FakeJobs) else DynamoAuditLog(request.getfixturevalue("aws")["AUDIT_LOG_TABLE"])
    assert [entry.entry for entry in log.all() if entry.entry.subject == job.job_id] == [entry(job)]


def test_of_many_who_move_a_job_at_once_one_does(jobs: JobBook) -> None:
    job = a_job()
    jobs.add(job, entry(job))

    def move(done: int) -> int | None:
        try:
            jobs.move(job, job.advanced(done, 8))
        except VersionConflict:
            return None
        return done

    with ThreadPoolExecutor(8) as pool:
        moved = [done for done in pool.map(move, range(8)) if done is not None]
    found = jobs.get(job.job_id)
    assert found
    assert moved == [found.done]


def test_a_job_carries_the_id_of_what_wrote_it_last(aws: dict[str, str]) -> None:
    job, jobs = a_job(), book(aws)
    with tracing("c1"):
        jobs.add(job, entry(job))
        jobs.move(job, job.started(job.requested_at))
    item = client("dynamodb").get_item(TableName=aws["JOBS_TABLE"], Key={"job_id": {"S": job.job_id}})["Item"]
    assert (item["version"]["N"], item["correlation_id"]["S"]) == ("2", "c1")


def test_a_job_is_forgotten_when_its_files_are(aws: dict[str, str]) -> None:
    job = a_job()
    book(aws).add(job, entry(job))
    item = client("dynamodb").get_item(TableName=aws["JOBS_TABLE"], Key={"job_id": {"S": job.job_id}})["Item"]
    assert int(item["expires"]["N"]) == int((job.requested_at + KEPT).timestamp())
