"""Orders changed together with their audit entry."""

from __future__ import annotations

from datetime import datetime

from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.orders import OrderItem
from guahao.domain.audit_log import Deed
from guahao.domain.booking import Order
from guahao.ports.booking import OrderMoved


class DynamoOrderDesk:
    """The changes of administrators; see `ports.refunds_by_hand.OrderDesk` for what each method promises."""

    def __init__(self, orders_table: str, log: DynamoAuditLog) -> None:
        use_table(OrderItem, orders_table)
        self._log = log

    def move(self, before: Order, after: Order, deed: Deed, now: datetime) -> None:
        def put(transaction: TransactWrite) -> None:
            transaction.save(OrderItem.from_domain(after), condition=OrderItem.version == before.version)

        try:
            self._log.append_with(deed, now, put)
        except WritesRefused as refusal:
            raise OrderMoved from refusal
