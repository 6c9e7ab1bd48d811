"""How a hospital lists its schedules, and who did not come."""

from typing import Annotated

from pydantic import Field

from guahao.contracts import Message, OrderState, PageAnswer
from guahao.contracts.partner import MOST_ENTRIES
from guahao.contracts.views import OwnScheduleAnswer


class OwnSchedulesAnswer(PageAnswer[OwnScheduleAnswer]):
    pass


class NoShowsBody(Message):
    order_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(min_length=1, max_length=MOST_ENTRIES)


class ListedOrderAnswer(Message):
    order_id: str
    state: OrderState


class NoShowsAnswer(Message):
    items: list[ListedOrderAnswer]
