"""What the use cases need in order to take jobs on, and to do them somewhere else."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from guahao.domain.audit_log import Deed
from guahao.domain.jobs import Job


class JobExists(Exception):
    """A job with this id is there already."""


class JobMoved(Exception):
    """The job was changed since it was read: another worker has it."""


class Jobs(Protocol):
    def get(self, job_id: str) -> Job | None:
        """Return the job as last written."""
        ...

    def move(self, before: Job, after: Job) -> None:
        """Store the job over the version it came from or raise JobMoved."""
        ...


class JobBook(Jobs, Protocol):
    """The jobs as those need them who take new ones on."""

    def add(self, job: Job, deed: Deed) -> None:
        """Store a new job together with the audit entry, or raise JobExists. Its doing follows from that."""
        ...


class Files(Protocol):
    """Files that jobs leave behind for some days. Each method raises Unavailable if they cannot be reached."""

    def put(self, key: str, content: bytes) -> None:
        """Store the content over what is there."""
        ...

    def reading(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Give the file, to be read in any order."""
        ...

    def writing(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Give an empty file and store what was written, whole, at the end; after an exception nothing."""
        ...

    def link(self, key: str, filename: str) -> str:
        """Return an address that gives the file under this name to who has it, for some minutes."""
        ...
