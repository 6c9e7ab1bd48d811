"""The booking policy as configuration: the JSON of the template's parameter BookingPolicy."""

from typing import Annotated

from pydantic import Field, StringConstraints

from guahao.contracts import Message
from guahao.domain.booking.ledger import BookingPolicy, Rung
from guahao.domain.booking.unpaid import UnpaidPolicy

Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Days = Annotated[int, Field(strict=True, ge=1, le=3650)]


class RungSetting(Message):
    count: Count
    days: Days
    banned_days: Days


class UnpaidSetting(Message):
    hours: Annotated[int, Field(strict=True, ge=1, le=720)]
    ends_per_schedule: Count
    ends_per_person: Count
    ends_per_account: Count
    holds: Count
    holds_of_persons: Count


class BookingPolicySetting(Message):
    """The fields of `domain.booking.ledger.BookingPolicy`; refusals name the version."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.-]{1,32}$")]
    per_day: Count
    per_week: Count
    per_quarter: Count
    week_days: Days
    quarter_days: Days
    no_shows: tuple[RungSetting, ...]
    unpaid: UnpaidSetting
    no_show_attendance_percent: Annotated[int, Field(strict=True, ge=1, le=100)]
    newborn_days: Days

    def policy(self) -> BookingPolicy:
        """Return the policy that these numbers are."""
        told = self.model_dump()
        no_shows, unpaid = tuple(Rung(**rung) for rung in told.pop("no_shows")), UnpaidPolicy(**told.pop("unpaid"))
        return BookingPolicy(no_shows=no_shows, unpaid=unpaid, **told)
