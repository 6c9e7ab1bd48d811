"""New jobs in DynamoDB, each with its audit entry."""

from __future__ import annotations

from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import Trace
from guahao.adapters.dynamo.jobs import DynamoJobs, JobItem
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.administration.jobs import Job
from guahao.ports.administration.jobs import JobExists


class DynamoJobBook(DynamoJobs):
    """The store of new jobs; see `ports.administration.jobs.JobBook` for what each method promises."""

    def __init__(self, table_name: str, log: DynamoAuditLog, trace: Trace) -> None:
        super().__init__(table_name, trace)
        self._log = log

    def add(self, job: Job, entry: AuditEntry) -> None:
        item, free = self._item(job), JobItem.job_id.does_not_exist()
        try:
            self._log.append_with(entry, job.requested_at, lambda transaction: transaction.save(item, condition=free))
        except WritesRefused as refusal:
            raise JobExists from refusal
