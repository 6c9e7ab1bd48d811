"""The catalogue: hospitals, their departments and schedules, and the rules for when a day may be booked."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum

from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.dictionary.dictionary import Term
from guahao.domain.errors import Invalid
from guahao.domain.time import SHANGHAI, shanghai_date

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


# The furthest ahead that a hospital may release its days.
LONGEST_CYCLE_DAYS = 90
# The dictionary's filler between a province and its districts where there is no city; it is not shown as a name.
_PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


class Grade(IntEnum):
    """The grades of hospitals, with their values in the dictionary's `Hostype`."""

    TERTIARY_A = 1
    TERTIARY_B = 2
    SECONDARY_A = 3
    SECONDARY_B = 4
    PRIMARY = 5


class DayState(StrEnum):
    OPEN = "open"
    FULL = "full"
    NONE = "none"
    NOT_RELEASED = "notReleased"
    STOPPED = "stopped"


@dataclass(frozen=True)
class BookingRule:
    """A hospital's times, all of Shanghai: how far ahead it opens, until when days are booked and given back, when half-days last."""

    cycle_days: int
    release_time: time
    stop_time: time
    quit_day_offset: int
    quit_time: time
    notes: tuple[str, ...] = ()
    morning_ends: time = time(12)
    afternoon_ends: time = time(17, 30)
    # So long before the end of its half-day a schedule is sold no more.
    sale_ends_minutes: int = 30
    morning_begins: time = time(8)
    afternoon_begins: time = time(13, 30)


@dataclass(frozen=True)
class Hospital:
    """A catalogue entry; the names of its grade and region are in the dictionary. Only administrators put it online and lock it."""

    hospital_code: str
    name: str
    grade: Grade
    province_code: str
    city_code: str
    district_code: str
    address: str
    booking_rule: BookingRule
    logo_url: str = ""
    introduction: str = ""
    route: str = ""
    online: bool = False
    locked: bool = False

    @property
    def open_to_patients(self) -> bool:
        """Whether patients find the hospital and book there."""
        return self.online and not self.locked


@dataclass(frozen=True)
class NamedHospital(Hospital):
    """A hospital with the names of its codes; the name of an unknown code is empty."""

    grade_name: str = ""
    region_name: str = ""


@dataclass(frozen=True)
class Department:
    """A department; its code is unique inside its hospital only."""

    hospital_code: str
    department_code: str
    name: str
    group_code: str
    group_name: str
    introduction: str = ""


@dataclass(frozen=True)
class DepartmentGroup:
    """A department group with its departments."""

    group_code: str
    group_name: str
    departments: tuple[Department, ...]


@dataclass(frozen=True)
class Schedule:
    """One schedule of a doctor or title; `schedule_id` is made from the hospital's code and its own id of the schedule.

    Out of step is one whose numbers may be, or become, other than its total and state say: a publication was at them and did not come to
    its end, or patients have more of them than the total that was published since.
    """

    schedule_id: str
    hospital_code: str
    hospital_schedule_id: str
    department_code: str
    date: date
    half_day: HalfDay
    title: str
    doctor_name: str
    skill: str
    fee_fen: int
    total: int
    state: ScheduleState
    in_step: bool = True
    ends_at: datetime | None = None  # where it is not its half-day's end: evening clinics


@dataclass(frozen=True)
class OfferedSchedule(Schedule):
    """A schedule with its bookable numbers; none if it is not open."""

    free: int = field(kw_only=True)


@dataclass(frozen=True)
class Day:
    """A bookable day of a department: what is free on it, and from when it may be booked."""

    date: date
    state: DayState
    schedules: int
    total: int
    free: int
    opens_at: datetime


def schedule_id_of(hospital_code: str, hospital_schedule_id: str) -> str:
    """Return the id of the schedule, always the same for this pair: 26 lower-case characters."""
    digest = hashlib.sha256(f"{hospital_code}\0{hospital_schedule_id}".encode()).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def terms_of(hospital: Hospital) -> list[Term]:
    """Return the dictionary's terms for the hospital's grade, province, city and district, in this order."""
    codes = (hospital.province_code, hospital.city_code, hospital.district_code)
    return [("Hostype", str(int(hospital.grade))), *(("Province", code) for code in codes)]


def named(hospital: Hospital, names: Mapping[Term, str]) -> NamedHospital:
    """Return the hospital with its names."""
    grade, *region = (names.get(term, "") for term in terms_of(hospital))
    return NamedHospital(**vars(hospital), grade_name=grade, region_name=region_name(region))


def region_name(names: Iterable[str]) -> str:
    """Return province, city and district as one name; a city without districts that stands as its own district is told once."""
    return "".join(dict.fromkeys(name for name in names if name not in _PLACEHOLDERS))


def offered(schedule: Schedule, free: int) -> OfferedSchedule:
    """Return the schedule with its bookable numbers, given how many of its numbers are free."""
    return OfferedSchedule(**vars(schedule), free=free if schedule.state is ScheduleState.OPEN else 0)


def visit_date(text: str) -> date:
    """Return the day written as YYYY-MM-DD, or raise Invalid."""
    try:
        # The pattern comes first, because fromisoformat would also accept a week date or one without dashes.
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError as error:
        raise Invalid("This is not a day of the calendar.", [{"field": "date", "reason": "YYYY-MM-DD"}]) from error


def opens_at(day: date, rule: BookingRule) -> datetime:
    """Return the moment at which the day's numbers are released, `cycle_days` before the day."""
    return _moment(day - timedelta(days=rule.cycle_days), rule.release_time)


def closes_at(day: date, rule: BookingRule) -> datetime:
    """Return the moment at which booking for the day ends."""
    return _moment(day, rule.stop_time)


def half_day_begins_at(schedule: Schedule, rule: BookingRule) -> datetime:
    """Return the moment at which the schedule begins."""
    return _moment(schedule.date, rule.morning_begins if schedule.half_day is HalfDay.MORNING else rule.afternoon_begins)


def half_day_ends_at(schedule: Schedule, rule: BookingRule) -> datetime:
    """Return the moment at which the schedule is over."""
    usual = rule.morning_ends if schedule.half_day is HalfDay.MORNING else rule.afternoon_ends
    return schedule.ends_at or _moment(schedule.date, usual)


def sale_ends_at(schedule: Schedule, rule: BookingRule) -> datetime:
    """Return the moment at which booking of the schedule ends: before it is over, or at the hospital's stop time if that comes first."""
    lead = timedelta(minutes=rule.sale_ends_minutes)
    return min(half_day_ends_at(schedule, rule) - lead, closes_at(schedule.date, rule))


def shown_at(now: datetime, rule: BookingRule, offer: OfferedSchedule) -> OfferedSchedule:
    """Return the schedule as patients see it: one whose sale has ended takes no further bookings."""
    if now < sale_ends_at(offer, rule) or offer.state is not ScheduleState.OPEN:
        return offer
    return replace(offer, state=ScheduleState.CLOSED, free=0)


def quit_until(day: date, rule: BookingRule) -> datetime:
    """Return the moment before which a booking of the day may be cancelled."""
    return _moment(day + timedelta(days=rule.quit_day_offset), rule.quit_time)


def window(rule: BookingRule, now: datetime) -> tuple[date, date]:
    """Return the first and the last day that are shown: today and the day that is released last."""
    today = shanghai_date(now)
    return today, today + timedelta(days=rule.cycle_days)


def days_on_sale(rule: BookingRule, now: datetime) -> tuple[date, date]:
    """Return the first and the last day whose numbers can be booked now; if the last lies before the first, there is no such day."""
    today, released_last = window(rule, now)
    first = today if now < closes_at(today, rule) else today + timedelta(days=1)
    last = released_last if now >= opens_at(released_last, rule) else released_last - timedelta(days=1)
    return first, last


def days_shown(rule: BookingRule, offers: Iterable[OfferedSchedule], now: datetime) -> list[Day]:
    """Return every day that is shown, in order, with what is free on it."""
    first, last = window(rule, now)
    of_day: dict[date, list[OfferedSchedule]] = {first + timedelta(days=n): [] for n in range((last - first).days + 1)}
    for offer in offers:
        if offer.date in of_day:
            of_day[offer.date].append(shown_at(now, rule, offer))
    return [_day(day, rule, found, now) for day, found in of_day.items()]


def grouped(departments: Iterable[Department]) -> list[DepartmentGroup]:
    """Return the departments as a tree of two levels, in the order in which they come."""
    groups: dict[str, list[Department]] = {}
    for department in departments:
        groups.setdefault(department.group_code, []).append(department)
    return [DepartmentGroup(code, members[0].group_name, tuple(members)) for code, members in groups.items()]


def _day(day: date, rule: BookingRule, offers: Sequence[OfferedSchedule], now: datetime) -> Day:
    free = sum(offer.free for offer in offers)
    total = sum(offer.total for offer in offers)
    return Day(day, _state(day, rule, offers, free, now), len(offers), total, free, opens_at(day, rule))


def _state(day: date, rule: BookingRule, offers: Sequence[OfferedSchedule], free: int, now: datetime) -> DayState:
    # The clock speaks first: before the release nobody can know whether schedules will still be added.
    if now < opens_at(day, rule):
        return DayState.NOT_RELEASED
    if now >= closes_at(day, rule):
        return DayState.STOPPED
    if not offers:
        return DayState.NONE
    if all(now >= sale_ends_at(offer, rule) for offer in offers):
        return DayState.STOPPED
    return DayState.OPEN if free else DayState.FULL


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)
