"""What the routes of all orders take and answer."""

from pydantic import Field

from guahao.contracts import Day, Message, Query
from guahao.contracts.order_answer import Registration, State


class RegistrationQuery(Query):
    q: str = Field("", max_length=50, description="an order's id, a whole phone number, or how the patient's name begins")
    hospital_code: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,32}$")
    status: State | None = None
    first: Day | None = Field(None, alias="from", description="first day of visits")
    last: Day | None = Field(None, alias="to", description="last day of visits")
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class RegistrationList(Message):
    items: list[Registration]
    next_cursor: str | None
