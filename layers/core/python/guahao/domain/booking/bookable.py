"""A schedule as booking sees it: what is sold, when it may be sold, and until when it may be cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from guahao.domain.errors import NotFound, NotReleased, ScheduleClosed, SchedulePast, ScheduleSuspended
from guahao.domain.time import spoken


class HalfDay(StrEnum):
    """The halves of a day; their codes for partners are 0 and 1."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class ScheduleState(StrEnum):
    """The states of a schedule; their codes for partners are 1, 0 and -1."""

    OPEN = "open"
    CLOSED = "closed"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class BookableSchedule:
    """Everything that an order copies from the catalogue, in one flat record that is easy to cache."""

    schedule_id: str
    hospital_schedule_id: str
    hospital_code: str
    hospital_name: str
    department_code: str
    department_name: str
    title: str
    doctor_name: str
    date: date
    half_day: HalfDay
    fee_fen: int
    total: int
    state: ScheduleState
    online: bool
    opens_at: datetime
    closes_at: datetime
    quit_until: datetime

    @property
    def sells(self) -> bool:
        """Whether the schedule may be booked, apart from the time."""
        return self.online and self.state is ScheduleState.OPEN

    def require_bookable(self, now: datetime) -> None:
        """Do nothing if a number may be booked now; else raise NotFound, ScheduleSuspended, ScheduleClosed, NotReleased or SchedulePast."""
        if not self.online:
            raise NotFound("This hospital takes no bookings here at present. Choose another hospital.", rule="hospitalOnline")
        if self.state is ScheduleState.SUSPENDED:
            raise ScheduleSuspended("The doctor of this schedule will not come. Choose another schedule.", rule="scheduleOpen")
        if self.state is ScheduleState.CLOSED:
            raise ScheduleClosed("This schedule takes no further bookings. Choose another one.", rule="scheduleOpen")
        if now < self.opens_at:
            detail = f"The numbers of this day are released at {spoken(self.opens_at)}."
            raise NotReleased(detail, rule="release", retry_at=self.opens_at)
        if now >= self.closes_at:
            raise SchedulePast("Booking for this schedule has ended. Choose a later day.", rule="stopTime")
