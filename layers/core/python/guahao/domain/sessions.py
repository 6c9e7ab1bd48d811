"""A session as the booking sees it: what is sold, when it may be sold, until when it may be given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from guahao.domain.errors import NotFound, NotReleased, SessionClosed, SessionPast, SessionSuspended
from guahao.domain.time import spoken


class HalfDay(StrEnum):
    """The codes of partners are 0 and 1."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class ScheduleState(StrEnum):
    """The codes of partners are 1, 0 and -1."""

    OPEN = "open"
    CLOSED = "closed"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class BookableSession:
    """All that an order takes over from the catalogue, in one flat record that caches well."""

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
        """Whether the session may be booked at all, the clock apart."""
        return self.online and self.state is ScheduleState.OPEN

    def require_bookable(self, now: datetime) -> None:
        """Pass if a number may be booked now, or raise NotFound, SessionSuspended, SessionClosed, NotReleased or SessionPast."""
        if not self.online:
            raise NotFound("This hospital takes no bookings here at present. Choose another hospital.", rule="hospitalOnline")
        if self.state is ScheduleState.SUSPENDED:
            raise SessionSuspended("The doctor will not hold this session. Choose another one.", rule="sessionOpen")
        if self.state is ScheduleState.CLOSED:
            raise SessionClosed("This session takes no further bookings. Choose another one.", rule="sessionOpen")
        if now < self.opens_at:
            detail = f"The numbers of this day are released at {spoken(self.opens_at)}."
            raise NotReleased(detail, rule="release", retry_at=self.opens_at)
        if now >= self.closes_at:
            raise SessionPast("Booking for this session has ended. Choose a later day.", rule="stopTime")
