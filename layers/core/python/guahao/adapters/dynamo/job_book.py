"""New jobs in DynamoDB, each with its entry in the audit log."""

from __future__ import annotations

from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.jobs import DynamoJobs, JobItem
from guahao.domain.audit_log import Deed
from guahao.domain.jobs import Job
from guahao.ports.jobs import JobExists


class DynamoJobBook(DynamoJobs):
    """See `ports.jobs.JobBook`."""

    def __init__(self, table_name: str, log: DynamoAuditLog) -> None:
        super().__init__(table_name)
        self._log = log

    def add(self, job: Job, deed: Deed) -> None:
        item, free = JobItem.from_domain(job), JobItem.job_id.does_not_exist()
        try:
            self._log.append_with(deed, job.requested_at, lambda transaction: transaction.save(item, condition=free))
        except WritesRefused as refusal:
            raise JobExists from refusal
