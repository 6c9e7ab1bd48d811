"""Partner calls: what a hospital answers, and what it knows about an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from guahao.domain.time import shanghai_date


@dataclass(frozen=True)
class HospitalRecord:
    """The hospital's own record of an order: where and when the patient checks in."""

    record_id: str
    check_in_at: datetime
    check_in_place: str

    def is_of(self, day: date) -> bool:
        """Tell whether the number is taken on that day of Shanghai: midnight belongs to the day that it begins."""
        return shanghai_date(self.check_in_at) == day


class HospitalKnows(StrEnum):
    """The last change of an order that the hospital confirmed, or that it is too late to tell it."""

    NOTHING = "nothing"
    BOOKED = "booked"
    PAID = "paid"
    CANCELLED = "cancelled"
    GIVEN_UP = "givenUp"
