"""Orders, numbers and ledgers in DynamoDB: one transaction of three items that no two persons share."""

from __future__ import annotations

from itertools import pairwise

from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.base import connection, store_unavailable, use_table
from guahao.adapters.dynamo.ledgers import LedgerItem, ledger_unmoved, read_ledger
from guahao.adapters.dynamo.numbers import FORMER, NumberItem
from guahao.adapters.dynamo.orders import OrderItem
from guahao.domain.booking import Order
from guahao.domain.ledger import Ledger
from guahao.domain.order_states import NumberState, OrderState
from guahao.ports.booking import LedgerMoved, NumberTaken, OrderExists, OrderFilter, OrderMoved, OrderPage


class DynamoOrders:
    """The store of record; see `ports.booking.Orders` for what each method promises."""

    def __init__(self, orders_table: str, numbers_table: str, accounts_table: str) -> None:
        use_table(OrderItem, orders_table)
        use_table(NumberItem, numbers_table)
        use_table(AccountItem, accounts_table)

    def get(self, order_id: str) -> Order | None:
        try:
            return OrderItem.get(order_id, consistent_read=True).to_domain()
        except OrderItem.DoesNotExist:
            return None

    def ledger(self, person: str) -> Ledger:
        return read_ledger(person)

    def former_owners(self, order: Order) -> list[str]:
        item = NumberItem.get(order.schedule_id, order.number, consistent_read=True)
        return [order_id for attribute in FORMER if (order_id := item.attribute_values.get(attribute.attr_name))]

    def place(self, order: Order, ledger: Ledger) -> None:
        free = (NumberItem.state == NumberState.FREE.value) & NumberItem.withdrawn.does_not_exist()
        actions: list[Action] = [NumberItem.state.set(order.number_state.value), NumberItem.order_id.set(order.order_id)]
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.save(OrderItem.from_domain(order), condition=OrderItem.order_id.does_not_exist())
                transaction.save(LedgerItem.from_domain(ledger), condition=ledger_unmoved(ledger))
                transaction.update(NumberItem(order.schedule_id, order.number), actions=actions, condition=free)
        except TransactWriteError as error:
            raise _cause(error, (OrderExists, LedgerMoved, NumberTaken)) from error

    def move(self, before: Order, after: Order, ledger: Ledger | None = None) -> None:
        unmoved = OrderItem.version == before.version
        number_moves = after.number_state is not before.number_state
        if ledger is None and not number_moves:
            try:
                OrderItem.from_domain(after).save(condition=unmoved)
            except PutError as error:
                if error.cause_response_code not in ("ConditionalCheckFailedException", "TransactionConflictException"):
                    raise
                raise OrderMoved from error
            return
        mine = NumberItem.order_id == before.order_id
        actions: list[Action] = [NumberItem.state.set(after.number_state.value)]
        if after.state is OrderState.CANCELLED:
            actions += [NumberItem.order_id.remove(), FORMER[0].set(before.order_id)]
            actions += [earlier.set(later | "") for later, earlier in pairwise(FORMER)]
        causes: list[type[Exception]] = [OrderMoved]
        try:
            with TransactWrite(connection=connection()) as transaction:
                transaction.save(OrderItem.from_domain(after), condition=unmoved)
                if ledger is not None:
                    transaction.save(LedgerItem.from_domain(ledger), condition=ledger_unmoved(ledger))
                    causes.append(LedgerMoved)
                if number_moves:
                    transaction.update(NumberItem(before.schedule_id, before.number), actions=actions, condition=mine)
        except TransactWriteError as error:
            raise _cause(error, (*causes, OrderMoved)) from error

    def of_user(self, user_id: str, wanted: OrderFilter, limit: int, cursor: str | None) -> OrderPage:
        # Most who move orders never list them.
        from guahao.adapters.dynamo.user_orders import page_of_user

        return page_of_user(user_id, wanted, limit, cursor)


def _cause(error: TransactWriteError, causes: tuple[type[Exception], ...]) -> Exception:
    """Return the cause that stands for the first item that refused; items are in the order puts, updates.

    TransactionConflict is another transaction in the middle of the same item, which means the same as a refused condition: look again.
    """
    for reason, cause in zip(error.cancellation_reasons, causes, strict=False):
        if reason is not None and reason.code in ("ConditionalCheckFailed", "TransactionConflict"):
            return cause()
    return store_unavailable()
