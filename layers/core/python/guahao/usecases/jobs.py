"""Jobs: asked for, followed, done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import DomainError, NotFound, Unavailable
from guahao.domain.jobs import Job, JobError, Work, job_id_of
from guahao.domain.time import shanghai_date
from guahao.ports.clock import Clock
from guahao.ports.jobs import Files, JobBook, JobExists, JobMoved, Jobs

STEP = 500
"""After so many rows the job's progress is written anew."""

BROKEN = "Something went wrong on our side. Ask for it once more; if it fails again, report the job's id."

_DEEDS = {Work.EXPORT: Action.EXPORT_REQUESTED, Work.IMPORT: Action.IMPORT_REQUESTED}
_Row = TypeVar("_Row")

ParametersOn = Callable[[date], Mapping[str, str]]
"""What a job is to do if it was asked for on this day."""


@dataclass(frozen=True)
class JobStatus:
    """A job as it is to be seen now, and where its file can be had, if it has one."""

    job: Job
    download_url: str | None


@dataclass(frozen=True)
class JobDesk:
    """The jobs of one work, for administrators: each may look at all of them."""

    work: Work
    jobs: JobBook
    files: Files
    clock: Clock

    def request(self, administrator: str, idempotency_key: str, kind: str, parameters: ParametersOn) -> JobStatus:
        """Take a job on; the same key is the same job, on whatever day, and raises IdempotencyKeyReused for another request."""
        job_id, now = job_id_of(administrator, self.work, idempotency_key), self.clock()
        job = Job(job_id, self.work, kind, administrator, now, parameters(shanghai_date(now)))
        try:
            self.jobs.add(job, Deed(administrator, _DEEDS[self.work], f"{kind}/{job_id}"))
        except JobExists:
            job = self._get(job_id) or job
        return self._status(job.require_request(kind, parameters(shanghai_date(job.requested_at))))

    def status(self, job_id: str) -> JobStatus:
        """Return how far the job is or raise NotFound."""
        job = self._get(job_id)
        if job is None:
            raise NotFound("There is no such job, or it is older than a week. Ask for a new one.")
        return self._status(job)

    def _get(self, job_id: str) -> Job | None:
        job = self.jobs.get(job_id)
        return job if job and job.work is self.work else None

    def _status(self, job: Job) -> JobStatus:
        name = f"{job.kind}-{job.work}-{shanghai_date(job.requested_at)}.xlsx"
        return JobStatus(job.as_of(self.clock()), self.files.link(job.file, name) if job.file else None)


class Run:
    """One run of a job. Once another worker has the job, every write raises JobMoved."""

    def __init__(self, jobs: Jobs, job: Job, now: datetime) -> None:
        """Take the job, or raise Unavailable while another worker may have it."""
        self._jobs = jobs
        self.job = job
        self._move(job.started(now))

    def counted(self, rows: Iterable[_Row], total: int) -> Iterator[_Row]:
        """Yield the rows and note from time to time how many they were."""
        self._move(self.job.advanced(0, total))
        number = 0
        for number, row in enumerate(rows, 1):
            yield row
            if number % STEP == 0:
                self._move(self.job.advanced(number, total))
        self._move(self.job.advanced(number, total))

    def finish(self, result: str, rows: int, file: str = "") -> None:
        """Note that all its rows are done, what came of them, and the key of the file."""
        self._move(self.job.finished(result, rows, file))

    def fail(self, errors: Iterable[JobError], count: int = 1, file: str = "") -> None:
        """Note that it cannot be done, and why; `file` holds every one of the errors."""
        self._move(self.job.failed(errors, count, file))

    def release(self) -> None:
        """Leave the job to another run."""
        self._move(self.job.released())

    def _move(self, after: Job) -> None:
        self._jobs.move(self.job, after)
        self.job = after


@dataclass(frozen=True)
class JobRunner:
    """Does jobs, each to its end, however often it is asked to."""

    jobs: Jobs
    clock: Clock

    def run(self, job_id: str, work: Callable[[Run], None]) -> None:
        """Do the work of a job that has not ended, from its beginning; it may be cut off anywhere and be done again.

        A refusal ends the job, with its reason for who asked. Raises Unavailable if something does not answer or another worker may have
        the job: then it is to be tried again, which ends when it has grown too old. A fault of ours ends it and is raised.
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
        except JobMoved:
            raise
        except Exception:
            run.fail([JobError(None, None, BROKEN)])
            raise
