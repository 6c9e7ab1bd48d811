"""Bodies of the routes of exports."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, RootModel, WrapValidator

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


class _Kind(Message):
    model_config = ConfigDict(extra="ignore")

    kind: Literal["dictionary", "orders", "statistics"]


_KINDS: dict[str, type[Message]] = {"dictionary": DictionaryExport, "orders": OrdersExport, "statistics": StatisticsExport}


def _of_its_kind(sent: Any, _: Any) -> Message:
    """Read the kind first and then the rest: a union would report faults at places that nobody has sent."""
    kind = _Kind.model_validate(sent, by_alias=True, by_name=False).kind
    return _KINDS[kind].model_validate(sent, by_alias=True, by_name=False)


class NewExport(
    RootModel[Annotated[DictionaryExport | OrdersExport | StatisticsExport, Field(discriminator="kind"), WrapValidator(_of_its_kind)]]
):
    """The table to export, and a filter for its rows."""
