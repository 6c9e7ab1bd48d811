"""What the routes of orders take and answer."""

from pydantic import Field

from guahao.contracts import Message, Query
from guahao.contracts.order_answer import OrderAnswer, State


class BookingBody(Message):
    schedule_id: str = Field(min_length=1, max_length=64)
    patient_id: str = Field(min_length=1, max_length=64)


class OrdersQuery(Query):
    q: str = Field(default="", max_length=50, description="part of the hospital's, department's or doctor's name")
    patient_id: str = Field(default="", max_length=64)
    status: State | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class OrdersAnswer(Message):
    items: list[OrderAnswer]
    next_cursor: str | None
