"""Whoever notes a refund by hand writes order and audit entry together, on real servers and in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.orders import OrderItem
from guahao.adapters.dynamo.refunds_by_hand import DynamoOrderDesk
from guahao.domain.audit_log import Action, Deed
from guahao.domain.booking import place
from guahao.ports.booking import OrderMoved
from tests.builders import NOW, patient, session
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.booking import FakeOrders
from tests.fakes.refunds_by_hand import FakeOrderDesk

pytestmark = pytest.mark.slow


def test_neither_order_nor_entry_is_written_over_an_order_that_was_changed(aws: dict[str, str]) -> None:
    order = place(session(), 1, order_id=uuid4().hex, patient=patient(), now=NOW, hold=timedelta(minutes=15))
    use_table(OrderItem, aws["ORDERS_TABLE"])
    OrderItem.from_domain(order).save()
    store, kept = FakeOrders(), FakeAuditLog()
    store.orders[order.order_id] = order
    log = DynamoAuditLog(aws["AUDIT_LOG_TABLE"])
    moved, deed = replace(order, version=order.version + 1), Deed("operator", Action.ORDER_REFUNDED_BY_HAND, order.order_id, "线下")
    for desk, written, entries in (
        (DynamoOrderDesk(aws["ORDERS_TABLE"], log), lambda: OrderItem.get(order.order_id, consistent_read=True).to_domain(), log.all),
        (FakeOrderDesk(store, kept), lambda: store.orders[order.order_id], lambda: kept.entries),
    ):
        desk.move(order, moved, deed, NOW)
        with pytest.raises(OrderMoved):
            desk.move(order, replace(order, version=order.version + 2), deed, NOW)
        assert written() == moved
        assert len([entry for entry in entries() if entry.deed == deed]) == 1
