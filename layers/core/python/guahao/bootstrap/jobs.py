"""Joins the jobs with their store, their files and their queues, once for each process."""

from __future__ import annotations

from functools import cache
from typing import Any

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.files import S3Files
from guahao.adapters.aws.job_queue import SqsJobQueue
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.jobs import DynamoJobs, job_of_image
from guahao.domain.jobs import Work
from guahao.runtime import settings
from guahao.usecases.imports import ImportDesk
from guahao.usecases.jobs import JobDesk, JobRunner


@cache
def export_desk() -> JobDesk:
    """Return what takes exports on."""
    return _desk(Work.EXPORT)


@cache
def import_desk() -> ImportDesk:
    """Return what takes imports on."""
    from guahao.adapters.xlsx.reader import require_workbook

    return ImportDesk(_desk(Work.IMPORT), require_workbook)


@cache
def job_queue() -> SqsJobQueue:
    """Return the queues of all works."""
    return SqsJobQueue(client("sqs"), {Work.EXPORT: settings.text("EXPORTS_QUEUE"), Work.IMPORT: settings.text("IMPORTS_QUEUE")})


def ask_for_image(images: dict[str, Any]) -> None:
    """Have the new job of one record of the stream done."""
    job_queue().ask(job_of_image(images["NewImage"]))


def job_runner() -> JobRunner:
    """Return what does jobs to their end."""
    return JobRunner(DynamoJobs(settings.text("JOBS_TABLE")), utc_now)


def files() -> S3Files:
    """Return the store of their files."""
    return S3Files(settings.text("FILES_BUCKET"))


def _desk(work: Work) -> JobDesk:
    from guahao.adapters.dynamo.audit_log import DynamoAuditLog
    from guahao.adapters.dynamo.job_book import DynamoJobBook

    book = DynamoJobBook(settings.text("JOBS_TABLE"), DynamoAuditLog(settings.text("AUDIT_LOG_TABLE")))
    return JobDesk(work, book, files(), utc_now)
