"""The statistics in one table.

    part                 item        holds
    <hospital>           <day>       how many orders the day has in each state, and how often that was changed
    <hospital>#<day>     <order id>  the mark of the order

Only the days have a month, which an index over all hospitals uses; it lags by seconds at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.base import Item, connection, store_unavailable, use_table
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.statistics.statistics import DayCounts, Mark
from guahao.domain.versions import VersionConflict

_REFUSED = ("ConditionalCheckFailed", "TransactionConflict")


class ByMonth(GlobalSecondaryIndex[Any]):
    """The days of all hospitals."""

    class Meta:
        index_name = "by_month"
        projection = AllProjection()

    month = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)


class CountsItem(Item):
    class Meta:
        table_name = ""

    by_month = ByMonth()

    part = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    month = UnicodeAttribute()
    version = NumberAttribute()
    awaiting_payment = NumberAttribute(default=0)
    paid = NumberAttribute(default=0)
    checked_in = NumberAttribute(default=0)
    cancelled = NumberAttribute(default=0)
    no_show = NumberAttribute(default=0)

    def to_domain(self) -> DayCounts:
        """Return the counts of the item, which lacks the states that were never counted."""
        by_state = Counter({state: int(getattr(self, _attribute(state))) for state in OrderState})
        return DayCounts(self.part, date.fromisoformat(self.item), by_state, int(self.version))


class MarkItem(Item):
    class Meta:
        table_name = ""

    part = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    state = UnicodeAttribute()
    version = NumberAttribute()

    @classmethod
    def from_domain(cls, mark: Mark) -> MarkItem:
        """Return the mark's item."""
        return cls(_marks(mark.hospital_code, mark.day), mark.order_id, state=mark.state.value, version=mark.version)

    def to_domain(self) -> Mark:
        """Return the mark of the item."""
        hospital_code, _, day = self.part.rpartition("#")
        return Mark(hospital_code, date.fromisoformat(day), self.item, OrderState(self.state), int(self.version))


class DynamoStatistics:
    """The store of the statistics; see `ports.statistics.statistics.StatisticsBook` for what each method promises."""

    def __init__(self, table: str) -> None:
        use_table(CountsItem, table)
        use_table(MarkItem, table)

    def marks(self, orders: Sequence[Order]) -> dict[str, Mark]:
        keys = {(_marks(order.visit.hospital_code, order.visit.date), order.order_id) for order in orders}
        return {item.item: item.to_domain() for item in MarkItem.batch_get(keys, consistent_read=True)}

    def count(self, before: Mark | None, after: Mark) -> None:
        with _in_one() as transaction:
            transaction.save(MarkItem.from_domain(after), condition=_as_read(before) if before else MarkItem.part.does_not_exist())
            transaction.update(*_counting(after, _counted(after.state).add(1), *([_counted(before.state).add(-1)] if before else [])))

    def days(self, hospital_code: str, first: date, last: date) -> Iterator[DayCounts]:
        days = CountsItem.item.between(first.isoformat(), last.isoformat())
        if hospital_code:
            found = [CountsItem.query(hospital_code, days, consistent_read=True)]
        else:
            found = [CountsItem.by_month.query(month, days) for month in _months(first, last)]
        return (item.to_domain() for items in found for item in items)

    def day(self, hospital_code: str, day: date) -> DayCounts:
        try:
            return CountsItem.get(hospital_code, day.isoformat(), consistent_read=True).to_domain()
        except DoesNotExist:
            return DayCounts(hospital_code, day, Counter())

    def marked(self, hospital_code: str, day: date) -> Iterator[Mark]:
        return (item.to_domain() for item in MarkItem.query(_marks(hospital_code, day), consistent_read=True))

    def drop(self, before: Mark) -> None:
        with _in_one() as transaction:
            transaction.delete(MarkItem.from_domain(before), condition=_as_read(before))
            transaction.update(*_counting(before, _counted(before.state).add(-1)))

    def counted(self, hospital_code: str) -> Iterator[tuple[str, date]]:
        found = CountsItem.query(hospital_code) if hospital_code else CountsItem.by_month.scan()
        return ((item.part, date.fromisoformat(item.item)) for item in found)

    def correct(self, before: DayCounts, by_state: Counter[OrderState]) -> None:
        read = CountsItem.version == before.version if before.version else CountsItem.part.does_not_exist()
        item = CountsItem(before.hospital_code, before.day.isoformat(), month=_month(before.day), version=before.version + 1)
        for state in OrderState:
            setattr(item, _attribute(state), by_state[state])
        try:
            item.save(condition=read)
        except PutError as error:
            if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
                raise
            raise VersionConflict from error


@contextmanager
def _in_one() -> Iterator[TransactWrite]:
    """Open a transaction that raises VersionConflict if an item has changed since it was read."""
    try:
        with TransactWrite(connection=connection()) as transaction:
            yield transaction
    except TransactWriteError as error:
        if any(reason and reason.code in _REFUSED for reason in error.cancellation_reasons):
            raise VersionConflict from error
        raise store_unavailable() from error


def _as_read(mark: Mark) -> Condition:
    read: Condition = (MarkItem.state == mark.state.value) & (MarkItem.version == mark.version)
    return read


def _counting(mark: Mark, *changes: Action) -> tuple[CountsItem, list[Action]]:
    """Return the key of the counts of the mark's day, and the actions that change them."""
    return CountsItem(mark.hospital_code, mark.day.isoformat()), [
        CountsItem.month.set(_month(mark.day)),
        CountsItem.version.add(1),
        *changes,
    ]


def _marks(hospital_code: str, day: date) -> str:
    return f"{hospital_code}#{day.isoformat()}"


def _attribute(state: OrderState) -> str:
    return state.name.lower()


def _counted(state: OrderState) -> NumberAttribute:
    attribute: NumberAttribute = getattr(CountsItem, _attribute(state))
    return attribute


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _months(first: date, last: date) -> list[str]:
    """Return every month that has one of the days."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
