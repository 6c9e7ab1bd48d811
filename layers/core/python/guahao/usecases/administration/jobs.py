"""Jobs: requesting, following and running them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from guahao.contracts.messages import ExportRequest, ImportRequest
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.administration.jobs import Job, JobError, Work, job_id_of
from guahao.domain.errors import DomainError, NotFound, Unavailable
from guahao.domain.time import shanghai_date
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.audit_log import AuditLog
from guahao.ports.administration.jobs import Files, JobBook, JobExists, Jobs
from guahao.ports.clock import Clock
from guahao.ports.outbox import Outbox

STEP = 500
"""The number of rows after which the job's progress is stored."""

BROKEN = "Something went wrong on our side. Request it once more; if it fails again, report the job's id."

_ACTIONS = {Work.EXPORT: Action.EXPORT_REQUESTED, Work.IMPORT: Action.IMPORT_REQUESTED}
_REQUESTS = {Work.EXPORT: ExportRequest, Work.IMPORT: ImportRequest}
_Row = TypeVar("_Row")

ParametersOn = Callable[[date], Mapping[str, str]]
"""Returns the parameters of a job that is requested on the given day."""


@dataclass(frozen=True)
class JobStatus:
    """A job as seen now, and the address of its file, if it has one."""

    job: Job
    download_url: str | None


@dataclass(frozen=True)
class JobService:
    """The jobs of one work, for administrators: each may look at all of them. Who gets an export's file is in the audit log."""

    work: Work
    jobs: JobBook
    files: Files
    log: AuditLog
    clock: Clock

    def request(self, administrator: str, idempotency_key: str, kind: str, parameters: ParametersOn) -> JobStatus:
        """Create a job and return its status; the same key gives the same job on any day, or IdempotencyKeyReused for another request."""
        job_id, now = job_id_of(administrator, self.work, idempotency_key), self.clock()
        job = Job(job_id, self.work, kind, administrator, now, parameters(shanghai_date(now)))
        try:
            self.jobs.add(job, AuditEntry(administrator, _ACTIONS[self.work], f"{kind}/{job_id}"))
        except JobExists:
            job = self._get(job_id) or job
        return self._status(administrator, job.require_request(kind, parameters(shanghai_date(job.requested_at))))

    def status(self, administrator: str, job_id: str) -> JobStatus:
        """Return how far the job is or raise NotFound."""
        job = self._get(job_id)
        if job is None:
            raise NotFound("There is no such job, or it is older than a week. Ask for a new one.")
        return self._status(administrator, job)

    def _get(self, job_id: str) -> Job | None:
        job = self.jobs.get(job_id)
        return job if job and job.work is self.work else None

    def _status(self, administrator: str, job: Job) -> JobStatus:
        if job.file and self.work is Work.EXPORT:
            self.log.append(AuditEntry(administrator, Action.EXPORT_DOWNLOADED, f"{job.kind}/{job.job_id}"), self.clock())
        name = f"{job.kind}-{job.work}-{shanghai_date(job.requested_at)}.xlsx"
        return JobStatus(job.as_of(self.clock()), self.files.link(job.file, name) if job.file else None)


class Run:
    """One run of a job. Every write raises VersionConflict once another worker has the job."""

    def __init__(self, jobs: Jobs, job: Job, now: datetime) -> None:
        """Start the job, or raise Unavailable while another worker may have it."""
        self._jobs = jobs
        self.job = job
        self._move(job.started(now))

    def counted(self, rows: Iterable[_Row], total: int) -> Iterator[_Row]:
        """Yield the rows and store the progress from time to time."""
        self._move(self.job.advanced(0, total))
        number = 0
        for number, row in enumerate(rows, 1):
            yield row
            if number % STEP == 0:
                self._move(self.job.advanced(number, total))
        self._move(self.job.advanced(number, total))

    def reads(self, sheet: str) -> None:
        """Store which sheet of its file the job reads."""
        self._move(self.job.reading(sheet))

    def finish(self, result: str, rows: int, file: str = "") -> None:
        """Store that all rows are done, the result and the key of the file."""
        self._move(self.job.finished(result, rows, file))

    def fail(self, errors: Iterable[JobError], count: int = 1, file: str = "") -> None:
        """Store that the job failed, and why; `file` has all errors."""
        self._move(self.job.failed(errors, count, file))

    def release(self) -> None:
        """Leave the job for another run."""
        self._move(self.job.released())

    def _move(self, after: Job) -> None:
        self._jobs.move(self.job, after)
        self.job = after


@dataclass(frozen=True)
class JobRequests:
    """Sends new jobs to their workers."""

    outbox: Outbox

    def follow(self, before: Job | None, after: Job) -> None:
        """Send a message for a new job; repeating it changes nothing."""
        if before is None:
            self.outbox.send(_REQUESTS[after.work](job_id=after.job_id))


@dataclass(frozen=True)
class JobRunner:
    """Runs jobs to their end, however often a message asks for it."""

    jobs: Jobs
    clock: Clock

    def run(self, job_id: str, work: Callable[[Run], None]) -> None:
        """Do the work of a job that has not ended, from its beginning; it may be killed anywhere and repeated.

        A DomainError ends the job and is stored for the administrator. If something does not answer, or another worker may have the job, it
        raises Unavailable, to be tried again until the job is too old. Any other error ends the job and is raised.
        """
        job = self.jobs.get(job_id)
        if job is None or job.ended:
            return
        now = self.clock()
        seen = job.as_of(now)
        if seen.ended:
            self.jobs.move(job, seen)
            return
        run = Run(self.jobs, job, now)
        try:
            work(run)
        except Unavailable:
            run.release()
            raise
        except DomainError as refusal:
            run.fail([JobError(None, None, refusal.detail)])
        except VersionConflict:
            raise
        except Exception:
            run.fail([JobError(None, None, BROKEN)])
            raise
