"""How a hospital lists its sessions."""

from datetime import date as date_
from typing import Literal

from pydantic import Field

from guahao.contracts import Date, Message, Query
from guahao.contracts.gateway import Key


class OwnSchedulesQuery(Query):
    date: Date | None = Field(None, description="one day only")
    limit: int = Field(20, ge=1, le=100)
    cursor: Key | None = None


class OwnScheduleAnswer(Message):
    schedule_id: str
    hospital_schedule_id: str
    department_code: str
    title: str
    doctor_name: str
    skill: str
    date: date_
    half_day: Literal["morning", "afternoon"]
    total: int
    fee_fen: int
    state: Literal["open", "closed", "suspended"]


class OwnSchedulesAnswer(Message):
    items: list[OwnScheduleAnswer]
    next_cursor: str | None
