"""The filters of exports, version 1: a job carries them as its parameters."""

from datetime import date

from pydantic import Field

from guahao.contracts import Day, HospitalCode, Message, OrderState
from guahao.domain.periods import require_in_order
from guahao.domain.statistics.statistics import period

# The request for an export has the filter as one of its fields.
_FIRST = "filter.from"


class Filter(Message):
    def parameters(self, today: date) -> dict[str, str]:
        """Return the parameters of a job that is requested today; raise Invalid if they make no sense."""
        kept: dict[str, str] = self.model_dump(mode="json", exclude_none=True)
        return kept


class DictionaryFilter(Filter):
    """The dictionary is exported as a whole."""


class VisitFilter(Filter):
    """Orders of one hospital and of a range of visit days; without a field, of all."""

    hospital_code: HospitalCode | None = None
    first: Day | None = Field(default=None, alias="from", description="first day of visits")
    last: Day | None = Field(default=None, alias="to", description="last day of visits")

    def parameters(self, today: date) -> dict[str, str]:
        require_in_order(self.first, self.last, _FIRST)
        return super().parameters(today)


class OrdersFilter(VisitFilter):
    status: OrderState | None = None


class StatisticsFilter(VisitFilter):
    """The days that the statistics would show if they were requested now."""

    def parameters(self, today: date) -> dict[str, str]:
        days = period(self.hospital_code or "", self.first, self.last, today, _FIRST)
        return Filter.parameters(self.model_copy(update=days._asdict()), today)
