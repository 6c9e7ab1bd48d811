"""Jobs: long work that an administrator requests and follows, and whose result is kept for some days."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from guahao.domain.errors import IdempotencyKeyReused, Unavailable

GIVEN_UP_AFTER = timedelta(hours=2)
"""A job that has not ended after this time, and that no worker has, has failed."""
LONGEST_RUN = timedelta(minutes=15)
"""No worker runs for longer, so that a job which was begun earlier has no worker any more."""
KEPT = timedelta(days=7)
"""How long a job can be read; its files are kept as long (infra/data.yaml)."""
MOST_ERRORS = 100
"""How many errors a job has at most; a file has all of them."""

GAVE_UP = "It did not finish in time. Request it once more; if it fails again, report the job's id."


class Work(StrEnum):
    EXPORT = "export"
    IMPORT = "import"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ENDED = (JobState.DONE, JobState.FAILED)


class JobError(NamedTuple):
    """What is wrong, in which row and column of a file; None if it is not about one row or column."""

    row: int | None
    column: str | None
    reason: str


@dataclass(frozen=True)
class Job:
    """A job. Moves return a changed copy with the next version; stores write it only over the version it came from."""

    job_id: str
    work: Work
    kind: str
    requested_by: str
    requested_at: datetime
    parameters: Mapping[str, str]
    version: int = 1
    state: JobState = JobState.QUEUED
    started_at: datetime | None = None
    done: int = 0
    total: int | None = None
    sheet: str = ""
    result: str = ""
    file: str = ""
    errors: tuple[JobError, ...] = ()
    error_count: int = 0

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    def require_request(self, kind: str, parameters: Mapping[str, str]) -> Job:
        """Return the job if it answers this request, else raise IdempotencyKeyReused."""
        if (self.kind, dict(self.parameters)) != (kind, dict(parameters)):
            raise IdempotencyKeyReused("This Idempotency-Key was used for another job. Send a new key for a new job.")
        return self

    def as_of(self, now: datetime) -> Job:
        """Return the job as seen now: a job that is too old and that no worker has is a failed one."""
        too_old = not self.ended and now > self.requested_at + GIVEN_UP_AFTER
        return self.failed([JobError(None, None, GAVE_UP)]) if too_old and not self.in_hand(now) else self

    def in_hand(self, now: datetime) -> bool:
        """Tell whether a worker may be doing the job."""
        return self.state is JobState.RUNNING and self.started_at is not None and now < self.started_at + LONGEST_RUN

    def started(self, now: datetime) -> Job:
        """Return the job at the beginning of a new run, or raise Unavailable while another worker may have it.

        The progress of an earlier run does not count.
        """
        if self.in_hand(now):
            raise Unavailable("Another worker may have this job.")
        return self._with(state=JobState.RUNNING, started_at=now, done=0, total=None)

    def released(self) -> Job:
        """Return the job as waiting for another run."""
        return self._with(state=JobState.QUEUED)

    def reading(self, sheet: str) -> Job:
        """Return the job with the name of the sheet that it reads."""
        return self._with(sheet=sheet)

    def advanced(self, done: int, total: int) -> Job:
        return self._with(done=done, total=total)

    def finished(self, result: str, rows: int, file: str = "") -> Job:
        """Return the job as done, with all its rows, a word for the result and the key of the file to download."""
        return self._with(state=JobState.DONE, done=rows, total=rows, result=result, file=file)

    def failed(self, errors: Iterable[JobError], count: int = 1, file: str = "") -> Job:
        """Return the job as failed, with the first of its `count` errors; `file` has them all."""
        return self._with(state=JobState.FAILED, errors=tuple(islice(errors, MOST_ERRORS)), error_count=count, file=file)

    def _with(self, **changes: object) -> Job:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def job_id_of(administrator: str, work: Work, idempotency_key: str) -> str:
    """Return the id of the job, always the same for this request; a request without a key gets a new id."""
    told = f"{administrator}\0{work}\0{idempotency_key}"
    return hashlib.sha256(told.encode()).hexdigest()[:32] if idempotency_key else secrets.token_hex(16)
