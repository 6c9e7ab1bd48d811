"""The shapes that leave a process: base of the wire's models, and the versioned messages between functions and partners."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel

from guahao.domain.time import SHANGHAI


def _with_offset(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


Instant = Annotated[
    AwareDatetime, PlainSerializer(_with_offset, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""An aware time; on the wire ISO 8601 with the offset of Shanghai, to the second."""


def written_as(pattern: str, shape: str) -> BeforeValidator:
    """Refuse a text of another shape, which pydantic might still make something of, and numbers."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any) -> Any:
        if isinstance(value, int | float) or (isinstance(value, str) and not compiled.fullmatch(value)):
            raise ValueError(f"write {shape}")
        return value

    return BeforeValidator(check)


Date = Annotated[date, written_as(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "YYYY-MM-DD")]

# Nobody looks for days outside, and a calendar ends where a day more or less is none.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
_DAYS = f"{_FIRST_DAY} to {_LAST_DAY}"


def _of_our_time(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(f"a day from {_DAYS}")
    return day


# JSON Schema has no word for the limits of a date.
Day = Annotated[Date, AfterValidator(_of_our_time), WithJsonSchema({"type": "string", "format": "date", "description": _DAYS})]


class Message(BaseModel):
    """A frozen message: camelCase on the wire, unknown fields refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        from_attributes=True,
        hide_input_in_errors=True,  # a fault is logged with its traceback, and what was sent may be a certificate's number
        defer_build=True,  # a process builds the models that it meets, not all that its function knows
    )


class Query(Message):
    """What a search is asked in an address: an empty field asks for nothing."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value != ""}


class Reason(Message):
    """Why an administrator does what the audit log will tell of."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
