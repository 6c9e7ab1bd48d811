"""Jobs in DynamoDB, kept as long as their files."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist, PutError

from guahao.adapters.dynamo.base import Item, Trace, use_table
from guahao.domain.administration.jobs import KEPT, Job, JobError, JobState, Work
from guahao.domain.versions import VersionConflict


class JobItem(Item):
    class Meta:
        table_name = ""

    job_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    correlation_id = UnicodeAttribute(null=True)
    work = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    requested_at = UTCDateTimeAttribute()
    parameters = JSONAttribute()
    started_at = UTCDateTimeAttribute(null=True)
    done = NumberAttribute()
    total = NumberAttribute(null=True)
    sheet = UnicodeAttribute(null=True)
    result = UnicodeAttribute()
    file = UnicodeAttribute()
    errors = JSONAttribute()
    error_count = NumberAttribute()
    expires = TTLAttribute()

    @classmethod
    def from_domain(cls, job: Job, correlation_id: str) -> JobItem:
        """Return the job's item, with the correlation id of its writer."""
        return cls(
            job.job_id,
            version=job.version,
            correlation_id=correlation_id or None,
            work=job.work.value,
            kind=job.kind,
            state=job.state.value,
            requested_by=job.requested_by,
            requested_at=job.requested_at,
            parameters=dict(job.parameters),
            started_at=job.started_at,
            done=job.done,
            total=job.total,
            sheet=job.sheet or None,
            result=job.result,
            file=job.file,
            errors=[list(error) for error in job.errors],
            error_count=job.error_count,
            expires=job.requested_at + KEPT,
        )

    def to_domain(self) -> Job:
        """Return the job of the item."""
        return Job(
            job_id=self.job_id,
            work=Work(self.work),
            kind=self.kind,
            requested_by=self.requested_by,
            requested_at=self.requested_at,
            parameters=self.parameters,
            version=int(self.version),
            state=JobState(self.state),
            started_at=self.started_at,
            done=int(self.done),
            total=None if self.total is None else int(self.total),
            sheet=self.sheet or "",
            result=self.result,
            file=self.file,
            errors=tuple(JobError(*error) for error in self.errors),
            error_count=int(self.error_count),
        )


class DynamoJobs:
    """The store of jobs; see `ports.administration.jobs.Jobs` for what each method promises."""

    def __init__(self, table_name: str, trace: Trace) -> None:
        use_table(JobItem, table_name)
        self._trace = trace

    def get(self, job_id: str) -> Job | None:
        try:
            return JobItem.get(job_id, consistent_read=True).to_domain()
        except DoesNotExist:
            return None

    def move(self, before: Job, after: Job) -> None:
        try:
            self._item(after).save(condition=JobItem.version == before.version)
        except PutError as error:
            if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
                raise
            raise VersionConflict from error

    def _item(self, job: Job) -> JobItem:
        return JobItem.from_domain(job, self._trace()["correlation_id"])


def job_of_image(image: dict[str, Any]) -> Job:
    """Return the job in an image of the table's stream."""
    item = JobItem()
    item.from_dynamodb_dict(image)
    return item.to_domain()
