"""The numbers of schedules in DynamoDB, one item each."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.base import Item, connection, store_unavailable, use_table
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number

# DynamoDB's limit of items in a transaction.
_TRANSACTION_ITEMS = 100


class NumberItem(Item):
    """One number. Booking owns `state`; publishing owns `withdrawn`, which keeps a number from being sold once it is free."""

    class Meta:
        table_name = ""

    schedule_id = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    state = UnicodeAttribute()
    order_id = UnicodeAttribute(null=True)
    former_order_id = UnicodeAttribute(null=True)
    former_order_id_2 = UnicodeAttribute(null=True)
    former_order_id_3 = UnicodeAttribute(null=True)
    former_order_id_4 = UnicodeAttribute(null=True)
    former_order_id_5 = UnicodeAttribute(null=True)
    former_order_id_6 = UnicodeAttribute(null=True)
    withdrawn = BooleanAttribute(null=True)

    def to_domain(self) -> Number:
        """Return the number as booking sees it: a free number that is withdrawn is closed."""
        state = NumberState(self.state)
        closed = state is NumberState.FREE and self.withdrawn
        return Number(int(self.number), NumberState.CLOSED if closed else state, self.order_id or "")


# The cancelled orders that last had a number, the latest first: each cancellation adds itself in front, in its own write.
FORMER = (
    NumberItem.former_order_id,
    NumberItem.former_order_id_2,
    NumberItem.former_order_id_3,
    NumberItem.former_order_id_4,
    NumberItem.former_order_id_5,
    NumberItem.former_order_id_6,
)


class DynamoNumbers:
    """The numbers of schedules."""

    def __init__(self, table_name: str) -> None:
        use_table(NumberItem, table_name)

    def of(self, schedule_id: str) -> list[Number]:
        """Return every number of the schedule, as written by the last finished booking."""
        found = NumberItem.query(schedule_id, consistent_read=True)
        return [item.to_domain() for item in found]

    def fit(self, schedule_id: str, total: int) -> None:
        """Make the numbers 1 to `total` the ones for sale: add those that are missing and withdraw those above, whatever their state.

        A number that an order has stays with the order; if it is withdrawn, it is not sold again after a cancellation. A number that the
        hospital had refused is sold again, because the hospital publishes it now.
        """
        there = {int(item.number): item for item in NumberItem.query(schedule_id, consistent_read=True)}
        for number, item in there.items():
            if bool(item.withdrawn) is not (number > total):
                _withdraw(schedule_id, number, number > total)
            if item.state == NumberState.CLOSED.value and number <= total:
                _reopen(schedule_id, number)
        _create(schedule_id, [number for number in range(1, total + 1) if number not in there])


def _create(schedule_id: str, wanted: Sequence[int]) -> None:
    """Create free numbers. A batch write would be cheaper, but its late repeat would free numbers that were sold since."""
    for first in range(0, len(wanted), _TRANSACTION_ITEMS):
        missing: Sequence[int] = wanted[first : first + _TRANSACTION_ITEMS]
        while missing:
            missing = _put_if_none_exists(schedule_id, missing)


def _withdraw(schedule_id: str, number: int, withdrawn: bool) -> None:
    action = NumberItem.withdrawn.set(True) if withdrawn else NumberItem.withdrawn.remove()
    NumberItem(schedule_id, number).update(actions=[action], condition=NumberItem.number.exists())


def _reopen(schedule_id: str, number: int) -> None:
    try:
        NumberItem(schedule_id, number).update(
            actions=[NumberItem.state.set(NumberState.FREE.value)], condition=NumberItem.state == NumberState.CLOSED.value
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":  # somebody was faster, and the number may be sold again by now
            raise


def _put_if_none_exists(schedule_id: str, numbers: Sequence[int]) -> list[int]:
    """Put all of the numbers, or none if some exist already; return those still to put."""
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
