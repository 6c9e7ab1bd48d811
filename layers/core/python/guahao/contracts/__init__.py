"""Data that leaves a process: the base of its models, and the versioned messages between functions and with partners."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from guahao.contracts.names import READABLE
from guahao.domain.time import SHANGHAI

Item = TypeVar("Item")


def _with_offset(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


Instant = Annotated[
    AwareDatetime, PlainSerializer(_with_offset, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A moment, written in ISO 8601 with the offset of Shanghai, to the second."""


def written_as(pattern: str, shape: str) -> BeforeValidator:
    """Refuse numbers and texts of another shape, which pydantic might accept."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, int | float) or (isinstance(value, str) and not compiled.fullmatch(value)):
            raise ValueError(f"write {shape}")
        return value

    return BeforeValidator(check)


def _of_the_calendar(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError("no day of the calendar") from error


Date = Annotated[date, BeforeValidator(_of_the_calendar), written_as(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "YYYY-MM-DD")]

# Nobody needs other days, and arithmetic at the ends of the calendar fails.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
_DAYS = f"{_FIRST_DAY} to {_LAST_DAY}"


def _of_our_time(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(f"a day from {_DAYS}")
    return day


# JSON Schema cannot say the limits of a date.
Day = Annotated[Date, AfterValidator(_of_our_time), WithJsonSchema({"type": "string", "format": "date", "description": _DAYS})]

# What somebody else tells of a moment.
ToldInstant = Annotated[Instant, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]

# The kinds of fields that several shapes have. A key has only characters that travel in a path as they are.
Key = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._~-]{0,63}$")]
HospitalCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
RegionCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Phone = Annotated[str, StringConstraints(pattern=r"^1[3-9][0-9]{9}$", max_length=11), Field(examples=["13800000001"])]
Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{3,32}$", max_length=32)]
ClockTime = Annotated[
    time,
    written_as(r"([01][0-9]|2[0-3]):[0-5][0-9]", "HH:MM"),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json"),
]

HalfDay = Literal["morning", "afternoon"]
IdentityState = Literal["none", "underReview", "approved", "rejected"]
OrderState = Literal["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"]
PaymentState = Literal["none", "open", "paid", "closed", "refunding", "refunded"]
RoleName = Literal["operator", "auditor", "owner"]
ScheduleState = Literal["open", "closed", "suspended"]


CertificateType = Literal["idCard", "householdRegister", "passport", "hkMacaoPermit", "taiwanPermit", "foreignPermanentResidence"]
PatientCertificateType = Literal[CertificateType, "none"]
IssuingState = Annotated[
    str,
    StringConstraints(pattern=r"^([A-Z]{3})?$", max_length=3),
    Field(description="of a passport, and of nothing else: three letters (ISO 3166-1 alpha-3)"),
]


class Message(BaseModel):
    """A frozen message: camelCase in JSON, unknown fields refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        hide_input_in_errors=True,  # errors are logged with their traceback, and the input may be a certificate's number
        defer_build=True,  # a process builds only the models that it uses
    )


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Query(Message):
    """The query of a search; an empty field is left out, and no text holds a control character."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value != ""}

    @field_validator("*", mode="before")
    @classmethod
    def _printable(cls, value: Any) -> Any:
        if isinstance(value, str) and _UNPRINTABLE.search(value):
            raise ValueError("holds a control character")
        return value


class PageAnswer(Message, Generic[Item]):
    """Some of the entries of a list, and the cursor that asks for those behind them."""

    items: list[Item]
    next_cursor: str | None


class Reason(Message):
    """The reason for an administrator's action, for the audit log."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"), READABLE]
