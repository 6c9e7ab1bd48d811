"""What the route of the audit log takes and answers."""

from datetime import date

from pydantic import AliasPath, Field

from guahao.contracts import Day, Instant, Message, Query


class EntryQuery(Query):
    actor: str = Field("", max_length=64, description="an administrator's user name")
    first: Day | None = Field(None, alias="from", description="first day; without it a week ends with `to`")
    last: Day | None = Field(None, alias="to", description="last day, at most 92 with the first; without it today")
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class EntryView(Message):
    day: date
    sequence: int
    at: Instant
    actor: str = Field(validation_alias=AliasPath("deed", "actor"))
    action: str = Field(validation_alias=AliasPath("deed", "action"))
    subject: str = Field(validation_alias=AliasPath("deed", "subject"))
    reason: str = Field(validation_alias=AliasPath("deed", "reason"))
    previous_hash: str
    hash: str


class EntryList(Message):
    items: list[EntryView]
    next_cursor: str | None
