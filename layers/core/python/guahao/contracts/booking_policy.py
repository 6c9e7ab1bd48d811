"""The booking policy as configuration: the JSON of the template's parameter BookingPolicy."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from guahao.contracts import Message

Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Days = Annotated[int, Field(strict=True, ge=1, le=3650)]


class RungSetting(Message):
    count: Count
    days: Days
    suspended_days: Days


class BookingPolicySetting(Message):
    """See `domain.ledger.BookingPolicy`; the version is in the rule that a refusal names."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,32}$")]
    per_day: Count
    per_week: Count
    per_quarter: Count
    week_days: Days
    quarter_days: Days
    no_shows: tuple[RungSetting, ...]
