"""Answer of the search."""

from typing import Literal

from guahao.contracts import Message
from guahao.contracts.views import ScheduleAnswer


class FoundScheduleAnswer(ScheduleAnswer):
    hospital_name: str
    department_name: str
    state: Literal["open"]


class EarliestAnswer(Message):
    items: list[FoundScheduleAnswer]
