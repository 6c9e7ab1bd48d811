"""The number items: one for each place of a session."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.base import Item, connection, store_unavailable, use_table
from guahao.domain.booking import Number, NumberState

# As many items as DynamoDB takes in one transaction.
_TRANSACTION_ITEMS = 100


class NumberItem(Item):
    """One place in a session."""

    class Meta:
        table_name = ""

    schedule_id = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    state = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    former_order_id = UnicodeAttribute(null=True)


class DynamoNumbers:
    """The numbers of sessions."""

    def __init__(self, table_name: str) -> None:
        use_table(NumberItem, table_name)

    def of(self, schedule_id: str) -> list[Number]:
        """Return every number of the session, as written by the last finished booking."""
        found = NumberItem.query(schedule_id, consistent_read=True)
        return [Number(int(item.number), NumberState(item.state), item.order_id or "") for item in found]

    def create(self, schedule_id: str, total: int) -> None:
        """Make the numbers 1 to `total` of a session, free; one that is there already stays as it is.

        A plain batch write would be cheaper, but a late repeat of it would free numbers that are sold by then.
        """
        for first in range(1, total + 1, _TRANSACTION_ITEMS):
            missing: Sequence[int] = range(first, min(first + _TRANSACTION_ITEMS, total + 1))
            while missing:
                missing = _put_if_none_exists(schedule_id, missing)


def _put_if_none_exists(schedule_id: str, numbers: Sequence[int]) -> list[int]:
    """Put all of the numbers, or, if some are there, none; return those still to put."""
    absent = NumberItem.schedule_id.does_not_exist()
    try:
        with TransactWrite(connection=connection()) as transaction:
            for number in numbers:
                transaction.save(NumberItem(schedule_id, number, state=NumberState.FREE.value), condition=absent)
    except TransactWriteError as error:
        there = {
            n for n, reason in zip(numbers, error.cancellation_reasons, strict=False) if reason and reason.code == "ConditionalCheckFailed"
        }
        if not there:
            raise store_unavailable() from error
        return [number for number in numbers if number not in there]
    return []
