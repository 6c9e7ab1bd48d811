"""What an export can be asked to leave out, version 1: it travels as the parameters of its job from who asks to who exports."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from guahao.contracts import Day, Message
from guahao.domain.periods import require_in_order
from guahao.domain.statistics import period

HospitalCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
# What asks for an export has the filter as one of its fields.
_FIRST = "filter.from"


class Filter(Message):
    def parameters(self, today: date) -> dict[str, str]:
        """Return what a job that is asked for today keeps of it; raise Invalid if that makes no sense."""
        kept: dict[str, str] = self.model_dump(mode="json", exclude_none=True)
        return kept


class DictionaryFilter(Filter):
    """The dictionary is exported as a whole."""


class VisitFilter(Filter):
    """Orders of one hospital and of some days of visits; without a field, of all."""

    hospital_code: HospitalCode | None = None
    first: Day | None = Field(default=None, alias="from", description="first day of visits")
    last: Day | None = Field(default=None, alias="to", description="last day of visits")

    def parameters(self, today: date) -> dict[str, str]:
        require_in_order(self.first, self.last, _FIRST)
        return super().parameters(today)


class OrdersFilter(VisitFilter):
    status: Literal["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"] | None = None


class StatisticsFilter(VisitFilter):
    """The days that the report would tell of if it were asked now."""

    def parameters(self, today: date) -> dict[str, str]:
        days = period(self.hospital_code or "", self.first, self.last, today, _FIRST)
        return Filter.parameters(self.model_copy(update=days._asdict()), today)
