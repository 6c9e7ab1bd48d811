"""Bodies and answers of the routes of orders."""

from pydantic import Field

from guahao.contracts import Message, PageAnswer
from guahao.contracts.views import OrderAnswer


class BookingBody(Message):
    schedule_id: str = Field(min_length=1, max_length=64)
    patient_id: str = Field(min_length=1, max_length=64)


class OrdersAnswer(PageAnswer[OrderAnswer]):
    pass
