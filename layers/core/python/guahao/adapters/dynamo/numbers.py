"""The numbers of schedules in DynamoDB, one item each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.base import Item, connection, store_unavailable, use_table
from guahao.domain.booking.numbers_on_sale import on_sale, stays_right
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.errors import Unavailable

# DynamoDB's limit of items in a transaction.
_TRANSACTION_ITEMS = 100
# So often the numbers are looked at again: each round takes off sale what nobody was faster at.
_ROUNDS = 20


class NumberItem(Item):
    """One place in a schedule. Booking owns `state`; publishing owns `withdrawn`: free, it is not sold, now or later."""

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
        return Number(int(self.number), NumberState.CLOSED if closed else state, self.order_id or "", bool(self.withdrawn))


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

    def fit(self, schedule_id: str, total: int, *, reopen: bool = True) -> bool:
        """See `ports.hospitals.partners.NumberItems`: safe at any line and whoever books or gives back meanwhile.

        Numbers are put on sale only after all others are off it, and a number that changes while it is taken off is looked at again.
        """
        for _ in range(_ROUNDS):
            there = {int(item.number): item for item in NumberItem.query(schedule_id, consistent_read=True)}
            if reopen and total:
                _reopen(there.values())
            gone = [number for number, item in there.items() if item.state != NumberState.FREE.value]
            kept = on_sale(gone, total)
            off_sale = [_withdraw(item) for number, item in there.items() if number not in kept and not item.withdrawn]
            if all(off_sale):
                for number in kept & there.keys():
                    _put_on_sale(there[number])
                _create(schedule_id, sorted(kept - there.keys()))
                return stays_right(gone, total)
        raise Unavailable("Too many are booking this schedule at once. Send the same again in a minute.")


def _create(schedule_id: str, wanted: Sequence[int]) -> None:
    """Create free numbers. A batch write would be cheaper, but its late repeat would free numbers that were sold since."""
    for first in range(0, len(wanted), _TRANSACTION_ITEMS):
        missing: Sequence[int] = wanted[first : first + _TRANSACTION_ITEMS]
        while missing:
            missing = _put_if_none_exists(schedule_id, missing)


def _withdraw(item: NumberItem) -> bool:
    """Take the number off sale, or tell that it is not any more what it was."""
    return _updated(item, [NumberItem.withdrawn.set(True)], NumberItem.state == item.state)


def _put_on_sale(item: NumberItem) -> None:
    if item.withdrawn:
        item.update(actions=[NumberItem.withdrawn.remove()], condition=NumberItem.number.exists())


def _reopen(items: Iterable[NumberItem]) -> None:
    """Make those that the hospital had refused free, off sale until it is known how many are on it."""
    for item in items:
        if item.state == NumberState.CLOSED.value:
            actions: list[Action] = [NumberItem.state.set(NumberState.FREE.value), NumberItem.withdrawn.set(True)]
            _updated(item, actions, NumberItem.state == NumberState.CLOSED.value)


def _updated(item: NumberItem, actions: list[Action], condition: Condition) -> bool:
    try:
        item.update(actions=actions, condition=condition)
    except UpdateError as error:
        if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
            raise
        return False
    return True


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
