"""What the routes of exports take."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from guahao.contracts import Message
from guahao.contracts.exports import DictionaryFilter, OrdersFilter, StatisticsFilter


class DictionaryExport(Message):
    kind: Literal["dictionary"]
    filter: DictionaryFilter = Field(default_factory=DictionaryFilter)


class OrdersExport(Message):
    kind: Literal["orders"]
    filter: OrdersFilter = Field(default_factory=OrdersFilter)


class StatisticsExport(Message):
    kind: Literal["statistics"]
    filter: StatisticsFilter = Field(default_factory=StatisticsFilter)


class NewExport(RootModel[Annotated[DictionaryExport | OrdersExport | StatisticsExport, Field(discriminator="kind")]]):
    """A table, and what of it."""
