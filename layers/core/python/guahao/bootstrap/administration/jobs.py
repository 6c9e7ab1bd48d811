"""Builders of the job use cases."""

from functools import cache

from guahao.adapters.dynamo.jobs import DynamoJobs
from guahao.adapters.dynamo.jobs import job_of_image as job_of_image
from guahao.bootstrap import parts
from guahao.contracts.messages import ExportRequest, ImportRequest
from guahao.domain.administration.jobs import Work
from guahao.runtime import settings
from guahao.usecases.administration.jobs import JobRequests, JobRunner, JobService


def job_service(work: Work) -> JobService:
    from guahao.adapters.dynamo.job_book import DynamoJobBook

    book = DynamoJobBook(settings.text("JOBS_TABLE"), parts.audit_log(), parts.trace)
    return JobService(work, book, parts.files(), parts.audit_log(), parts.utc_now)


def job_runner() -> JobRunner:
    return JobRunner(DynamoJobs(settings.text("JOBS_TABLE"), parts.trace), parts.utc_now)


@cache
def export_service() -> JobService:
    return job_service(Work.EXPORT)


@cache
def job_requests() -> JobRequests:
    return JobRequests(parts.outbox(ExportRequest, ImportRequest))
