"""Orders changed together with their audit entry."""

from __future__ import annotations

from datetime import datetime

from pynamodb.transactions import TransactWrite

from guahao.adapters.dynamo.audit_log import DynamoAuditLog, WritesRefused
from guahao.adapters.dynamo.base import Trace, use_table
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.orders import Order
from guahao.domain.versions import VersionConflict


class DynamoAuditedOrders:
    """Changes of orders by administrators; see `ports.payment.refunds_by_hand.AuditedOrders` for what each method promises."""

    def __init__(self, orders_table: str, log: DynamoAuditLog, trace: Trace) -> None:
        use_table(OrderItem, orders_table)
        self._log, self._trace = log, trace

    def move(self, before: Order, after: Order, entry: AuditEntry, now: datetime) -> None:
        def put(transaction: TransactWrite) -> None:
            item = OrderItem.from_domain(after, self._trace()["correlation_id"])
            transaction.save(item, condition=OrderItem.version == before.version)

        try:
            self._log.append_with(entry, now, put)
        except WritesRefused as refusal:
            raise VersionConflict from refusal
