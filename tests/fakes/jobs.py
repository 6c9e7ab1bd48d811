"""Jobs and their files, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.administration.jobs import Job
from guahao.domain.errors import Unavailable
from guahao.domain.versions import VersionConflict
from guahao.ports.administration.jobs import JobExists
from tests.fakes.audit_log import FakeAuditLog


@dataclass
class FakeJobs:
    """`written` keeps every job as it was after each move."""

    jobs: dict[str, Job] = field(default_factory=dict)
    written: list[Job] = field(default_factory=list)
    log: FakeAuditLog = field(default_factory=FakeAuditLog)

    def get(self, job_id: str) -> Job | None:
        return self.jobs.get(job_id)

    def add(self, job: Job, entry: AuditEntry) -> None:
        if job.job_id in self.jobs:
            raise JobExists
        self.jobs[job.job_id] = job
        self.log.append(entry, job.requested_at)

    def move(self, before: Job, after: Job) -> None:
        if self.jobs[before.job_id].version != before.version:
            raise VersionConflict
        self.jobs[before.job_id] = after
        self.written.append(after)


@dataclass
class FakeFiles:
    """`broken` makes everything fail."""

    files: dict[str, bytes] = field(default_factory=dict)
    broken: bool = False

    def put(self, key: str, content: bytes) -> None:
        self._require_whole()
        self.files[key] = content

    @contextmanager
    def reading(self, key: str) -> Iterator[BinaryIO]:
        self._require_whole()
        yield BytesIO(self.files[key])

    @contextmanager
    def writing(self, key: str) -> Iterator[BinaryIO]:
        file = BytesIO()
        yield file
        self.put(key, file.getvalue())

    def link(self, key: str, filename: str) -> str:
        return f"https://files.example.com/{key}?as={filename}"

    def _require_whole(self) -> None:
        if self.broken:
            raise Unavailable("The files do not answer.")
