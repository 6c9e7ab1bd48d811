"""Jobs in DynamoDB, for as long as their files live."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import DoesNotExist, PutError

from guahao.adapters.dynamo.base import Item, use_table
from guahao.domain.jobs import KEPT, Job, JobError, JobState, Work
from guahao.ports.jobs import JobMoved


class JobItem(Item):
    class Meta:
        table_name = ""

    job_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    work = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    requested_at = UTCDateTimeAttribute()
    parameters = JSONAttribute()
    started_at = UTCDateTimeAttribute(null=True)
    done = NumberAttribute()
    total = NumberAttribute(null=True)
    result = UnicodeAttribute()
    file = UnicodeAttribute()
    errors = JSONAttribute()
    error_count = NumberAttribute()
    expires = TTLAttribute()

    @classmethod
    def from_domain(cls, job: Job) -> JobItem:
        """Return the item that keeps the job."""
        return cls(
            job.job_id,
            version=job.version,
            work=job.work.value,
            kind=job.kind,
            state=job.state.value,
            requested_by=job.requested_by,
            requested_at=job.requested_at,
            parameters=dict(job.parameters),
            started_at=job.started_at,
            done=job.done,
            total=job.total,
            result=job.result,
            file=job.file,
            errors=[list(error) for error in job.errors],
            error_count=job.error_count,
            expires=job.requested_at + KEPT,
        )

    def to_domain(self) -> Job:
        """Return the job that the item keeps."""
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
            result=self.result,
            file=self.file,
            errors=tuple(JobError(*error) for error in self.errors),
            error_count=int(self.error_count),
        )


class DynamoJobs:
    """The store of jobs; see `ports.jobs.Jobs`."""

    def __init__(self, table_name: str) -> None:
        use_table(JobItem, table_name)

    def get(self, job_id: str) -> Job | None:
        try:
            return JobItem.get(job_id, consistent_read=True).to_domain()
        except DoesNotExist:
            return None

    def move(self, before: Job, after: Job) -> None:
        try:
            JobItem.from_domain(after).save(condition=JobItem.version == before.version)
        except PutError as error:
            if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
                raise
            raise JobMoved from error


def job_of_image(image: dict[str, Any]) -> Job:
    """Return the job in one image of the table's stream."""
    item = JobItem()
    item.from_dynamodb_dict(image)
    return item.to_domain()
