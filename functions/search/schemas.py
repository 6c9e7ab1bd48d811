"""What is searched, and what is found, on the wire."""

from datetime import date as date_
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from guahao.contracts import Message, Query


class EarliestQuery(Query):
    department_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$")
    ] = Field(description="any part of the department's name")
    city: str = Field("", pattern=r"^[0-9]{6}$", description="left out, every city")
    limit: int = Field(5, ge=1, le=20)


class FoundSessionAnswer(Message):
    schedule_id: str
    hospital_code: str
    hospital_name: str
    hospital_schedule_id: str
    department_code: str
    department_name: str
    date: date_
    half_day: Literal["morning", "afternoon"]
    title: str
    doctor_name: str
    skill: str
    fee_fen: int
    total: int
    free: int
    state: Literal["open"]


class EarliestAnswer(Message):
    items: list[FoundSessionAnswer]
