"""Sessions on the wire, as operators see them."""

from datetime import date as date_
from typing import Literal

from pydantic import Field

from guahao.contracts import Day, Message, Query


class CatalogueSchedulesQuery(Query):
    date: Day
    department_code: str | None = Field(None, max_length=64)
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=64)


class CatalogueSchedule(Message):
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


class CatalogueSchedules(Message):
    items: list[CatalogueSchedule]
    next_cursor: str | None
