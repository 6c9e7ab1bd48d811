"""Jobs between functions and on the wire. A message, version 1, only names the job: its handler reads the rest, so a late or repeated one
does no harm."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasPath, Field

from guahao.contracts import Instant, Message


class JobMessage(Message):
    """Do this job, if it is still to be done."""

    version: Literal[1] = 1
    job_id: str


class JobErrorView(Message):
    row: int | None = Field(description="null if it is not of one row")
    column: str | None = Field(description="null if it is not of one column")
    reason: str


class JobView(Message):
    """A job as its administrator sees it."""

    job_id: str = Field(validation_alias=AliasPath("job", "job_id"))
    kind: str = Field(validation_alias=AliasPath("job", "kind"))
    state: Literal["queued", "running", "done", "failed"] = Field(validation_alias=AliasPath("job", "state"))
    done: int = Field(validation_alias=AliasPath("job", "done"), description="rows")
    total: int | None = Field(validation_alias=AliasPath("job", "total"), description="rows; null while nobody has counted them")
    result: str = Field(validation_alias=AliasPath("job", "result"), description="what came of it: exported, imported, unchanged")
    requested_at: Instant = Field(validation_alias=AliasPath("job", "requested_at"))
    download_url: str | None = Field(description="for five minutes; of an import, the sheet with its faults marked")
    error_count: int = Field(validation_alias=AliasPath("job", "error_count"))
    errors: list[JobErrorView] = Field(validation_alias=AliasPath("job", "errors"), description="the first hundred")
