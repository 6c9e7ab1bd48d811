"""What an export can be asked to leave out, version 1: it travels as the parameters of its job from who asks to who exports."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from guahao.contracts import Day, Message
from guahao.domain.statistics import MOST_DAYS

HospitalCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]


class DictionaryFilter(Message):
    """The dictionary is exported as a whole."""


class VisitFilter(Message):
    """Orders of one hospital and of some days of visits; without a field, of all."""

    hospital_code: HospitalCode | None = None
    first: Day | None = Field(default=None, alias="from", description="first day of visits")
    last: Day | None = Field(default=None, alias="to", description="last day of visits")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.first > self.last:
            raise ValueError("`from` is after `to`")
        return self


class OrdersFilter(VisitFilter):
    status: Literal["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"] | None = None


class StatisticsFilter(VisitFilter):
    """Without days, those around today."""

    @model_validator(mode="after")
    def _few_days(self) -> Self:
        if self.first and self.last and (self.last - self.first).days >= MOST_DAYS:
            raise ValueError(f"at most {MOST_DAYS} days are told of")
        return self
