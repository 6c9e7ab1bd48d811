"""Answers of the routes of the audit log."""

from datetime import date

from pydantic import AliasPath, Field

from guahao.contracts import Instant, Message, PageAnswer


class AuditEntryView(Message):
    day: date
    sequence: int
    at: Instant
    actor: str = Field(validation_alias=AliasPath("entry", "actor"))
    action: str = Field(validation_alias=AliasPath("entry", "action"))
    subject: str = Field(validation_alias=AliasPath("entry", "subject"))
    reason: str = Field(validation_alias=AliasPath("entry", "reason"))
    previous_hash: str
    hash: str


class AuditEntryList(PageAnswer[AuditEntryView]):
    pass
