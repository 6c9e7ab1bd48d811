"""Jobs and their files, as the use cases need them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.administration.jobs import Job


class JobExists(Exception):
    """A job with this id exists already."""


class Jobs(Protocol):
    def get(self, job_id: str) -> Job | None:
        """Return the job as last written."""
        ...

    def move(self, before: Job, after: Job) -> None:
        """Write the job over `before`, or raise VersionConflict."""
        ...


class JobBook(Jobs, Protocol):
    """The jobs as those who create them need them."""

    def add(self, job: Job, entry: AuditEntry) -> None:
        """Store a new job together with the audit entry, or raise JobExists. Storing it starts the work."""
        ...


class Files(Protocol):
    """The files of jobs, kept for some days. Each method raises Unavailable if the files cannot be reached."""

    def put(self, key: str, content: bytes) -> None:
        """Store the content, replacing what is there."""
        ...

    def reading(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open the file for reading, in any order."""
        ...

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open an empty file for writing and store it whole at the end; after an exception store nothing."""
        ...

    def link(self, key: str, filename: str) -> str:
        """Return an address that for some minutes lets anybody who has it download the file under this name."""
        ...
