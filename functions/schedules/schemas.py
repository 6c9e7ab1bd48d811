"""Answers of the routes of bookable days and schedules."""

from datetime import date as date_
from typing import Literal

from guahao.contracts import Instant, Message
from guahao.contracts.views import ScheduleAnswer


class DayAnswer(Message):
    date: date_
    state: Literal["open", "full", "none", "notReleased", "stopped"]
    schedules: int
    total: int
    free: int
    opens_at: Instant


class DaysAnswer(Message):
    items: list[DayAnswer]


class SchedulesAnswer(Message):
    items: list[ScheduleAnswer]
