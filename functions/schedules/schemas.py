"""Bookable days and sessions on the wire."""

from datetime import date as date_
from typing import Literal

from guahao.contracts import Instant, Message


class DayAnswer(Message):
    date: date_
    state: Literal["open", "full", "none", "notReleased", "stopped"]
    sessions: int
    total: int
    free: int
    opens_at: Instant


class DaysAnswer(Message):
    items: list[DayAnswer]


class ScheduleAnswer(Message):
    schedule_id: str
    hospital_code: str
    hospital_schedule_id: str
    department_code: str
    date: date_
    half_day: Literal["morning", "afternoon"]
    title: str
    doctor_name: str
    skill: str
    fee_fen: int
    total: int
    free: int
    state: Literal["open", "closed", "suspended"]


class SchedulesAnswer(Message):
    items: list[ScheduleAnswer]
