"""Orders, numbers, ledgers and tallies in DynamoDB: one transaction of items that no two accounts and persons share."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.base import Trace, connection, store_unavailable, use_table
from guahao.adapters.dynamo.ledgers import LedgerItem, ledger_unmoved, read_ledger
from guahao.adapters.dynamo.numbers import FORMER, NumberItem
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.adapters.dynamo.tallies import TallyItem, read_tally, tally_unmoved
from guahao.domain.booking.ledger import Ledger
from guahao.domain.booking.order_states import NumberState, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.unpaid import Tally
from guahao.domain.versions import VersionConflict
from guahao.ports.booking.orders import NumberTaken, OrderExists, OrderFilter
from guahao.ports.pages import Page


class DynamoOrders:
    """The store of orders; see `ports.booking.orders.Orders` for what each method promises."""

    def __init__(self, orders_table: str, numbers_table: str, accounts_table: str, trace: Trace) -> None:
        use_table(OrderItem, orders_table)
        use_table(NumberItem, numbers_table)
        use_table(AccountItem, accounts_table)
        self._trace = trace

    def get(self, order_id: str) -> Order | None:
        try:
            return OrderItem.get(order_id, consistent_read=True).to_domain()
        except OrderItem.DoesNotExist:
            return None

    def ledger(self, person: str) -> Ledger:
        return read_ledger(person)

    def tally(self, user_id: str) -> Tally:
        return read_tally(user_id)

    def former_owners(self, order: Order) -> list[str]:
        item = NumberItem.get(order.visit.schedule_id, order.visit.number, consistent_read=True)
        return [order_id for attribute in FORMER if (order_id := item.attribute_values.get(attribute.attr_name))]

    def place(self, order: Order, ledger: Ledger, tally: Tally | None = None) -> None:
        free = (NumberItem.state == NumberState.FREE.value) & NumberItem.withdrawn.does_not_exist()
        actions: list[Action] = [NumberItem.state.set(order.number_state.value), NumberItem.order_id.set(order.order_id)]
        causes: list[type[Exception]] = [OrderExists, VersionConflict]
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.save(
                    self._item(replace(order, origin_id=self._trace()["correlation_id"])), condition=OrderItem.order_id.does_not_exist()
                )
                transaction.save(LedgerItem.from_domain(ledger), condition=ledger_unmoved(ledger))
                causes += _save_tally(transaction, order.user_id, tally)
                transaction.update(NumberItem(order.visit.schedule_id, order.visit.number), actions=actions, condition=free)
        except TransactWriteError as error:
            raise _cause(error, (*causes, NumberTaken)) from error

    def move(self, before: Order, after: Order, ledger: Ledger | None = None, tally: Tally | None = None) -> None:
        unmoved = OrderItem.version == before.version
        number_moves = after.number_state is not before.number_state
        if ledger is None and tally is None and not number_moves:
            try:
                self._item(after).save(condition=unmoved)
            except PutError as error:
                if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
                    raise
                raise VersionConflict from error
            return
        mine = NumberItem.order_id == before.order_id
        actions: list[Action] = [NumberItem.state.set(after.number_state.value)]
        if after.state is OrderState.CANCELLED:
            actions += [NumberItem.order_id.remove(), FORMER[0].set(before.order_id)]
            actions += [earlier.set(later | "") for later, earlier in pairwise(FORMER)]
        causes: list[type[Exception]] = [VersionConflict]
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.save(self._item(after), condition=unmoved)
                if ledger is not None:
                    transaction.save(LedgerItem.from_domain(ledger), condition=ledger_unmoved(ledger))
                    causes.append(VersionConflict)
                causes += _save_tally(transaction, after.user_id, tally)
                if number_moves:
                    transaction.update(NumberItem(before.visit.schedule_id, before.visit.number), actions=actions, condition=mine)
        except TransactWriteError as error:
            raise _cause(error, (*causes, VersionConflict)) from error

    def _item(self, order: Order) -> OrderItem:
        return OrderItem.from_domain(order, self._trace()["correlation_id"])

    def of_user(self, user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> Page[Order]:
        # Imported here, because most processes that move orders never list them.
        from guahao.adapters.dynamo.user_orders import page_of_user

        return page_of_user(user_id, wanted, limit, cursor)


def _save_tally(transaction: TransactWrite, user_id: str, tally: Tally | None) -> list[type[Exception]]:
    """Put a given tally and return what it means if that refuses."""
    if tally is None:
        return []
    transaction.save(TallyItem.from_domain(user_id, tally), condition=tally_unmoved(tally))
    return [VersionConflict]


def _cause(error: TransactWriteError, causes: tuple[type[Exception], ...]) -> Exception:
    """Return the cause for the first item that refused; items are in the order puts, updates.

    TransactionConflict means that another transaction is writing the item. Like a refused condition, it means: read again.
    """
    for reason, cause in zip(error.cancellation_reasons, causes, strict=False):
        if reason is not None and reason.code in ("ConditionalCheckFailed", "TransactionConflict"):
            return cause()
    return store_unavailable()
