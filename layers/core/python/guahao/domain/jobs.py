"""Jobs: long work that an administrator asks for, follows, and takes the result of."""

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
"""A job that has not ended by then, and that no worker has, is a failed one, whatever has become of its message."""
LONGEST_RUN = timedelta(minutes=15)
"""A worker lives no longer, so that a job that was begun before has none any more."""
KEPT = timedelta(days=7)
"""So long a job can be asked for; its files live as long (infra/data.yaml)."""
MOST_ERRORS = 100
"""So many errors a job carries; a file carries them all."""

GAVE_UP = "It did not come to an end in time. Ask for it once more; if it fails again, report the job's id."


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
    """What is wrong, in which row and column of a file; both are None where it is not of one."""

    row: int | None
    column: str | None
    reason: str


@dataclass(frozen=True)
class Job:
    """One piece of work. Moves return a changed copy with the next version; stores write it only over the version it came from."""

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
        """Return the job as it is to be seen now: one that is too old and in nobody's hands has failed."""
        too_old = not self.ended and now > self.requested_at + GIVEN_UP_AFTER
        return self.failed([JobError(None, None, GAVE_UP)]) if too_old and not self.in_hand(now) else self

    def in_hand(self, now: datetime) -> bool:
        """Tell whether a worker may be doing the job."""
        return self.state is JobState.RUNNING and self.started_at is not None and now < self.started_at + LONGEST_RUN

    def started(self, now: datetime) -> Job:
        """Return the job at the beginning of a run, or raise Unavailable while another worker may have it.

        What a run before this one has done counts for nothing.
        """
        if self.in_hand(now):
            raise Unavailable("Another worker may have this job.")
        return self._with(state=JobState.RUNNING, started_at=now, done=0, total=None)

    def released(self) -> Job:
        """Return the job as it waits for another run."""
        return self._with(state=JobState.QUEUED)

    def advanced(self, done: int, total: int) -> Job:
        return self._with(done=done, total=total)

    def finished(self, result: str, rows: int, file: str = "") -> Job:
        """Return the job done, all its rows, with a word for what came of it and the key of what can be downloaded."""
        return self._with(state=JobState.DONE, done=rows, total=rows, result=result, file=file)

    def failed(self, errors: Iterable[JobError], count: int = 1, file: str = "") -> Job:
        """Return the job failed with the first of its `count` errors; `file` has them all."""
        return self._with(state=JobState.FAILED, errors=tuple(islice(errors, MOST_ERRORS)), error_count=count, file=file)

    def _with(self, **changes: object) -> Job:
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]


def job_id_of(administrator: str, work: Work, idempotency_key: str) -> str:
    """Return the id that this administrator's request always gets, or a new one for a request without a key."""
    told = f"{administrator}\0{work}\0{idempotency_key}"
    return hashlib.sha256(told.encode()).hexdigest()[:32] if idempotency_key else secrets.token_hex(16)
