"""Whoever notes a refund by hand writes order and audit entry together, on real servers and in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.base import use_table
from guahao.adapters.dynamo.order_item import OrderItem
from guahao.adapters.dynamo.refunds_by_hand import DynamoAuditedOrders
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.booking.orders import place
from guahao.domain.versions import VersionConflict
from guahao.runtime.correlation import trace
from tests.builders import NOW, patient, schedule
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.booking import FakeOrders
from tests.fakes.refunds_by_hand import FakeAuditedOrders

pytestmark = pytest.mark.slow


def test_neither_order_nor_entry_is_written_over_an_order_that_was_changed(aws: dict[str, str]) -> None:
    order = place(schedule(), 1, order_id=uuid4().hex, patient=patient(), now=NOW, hold=timedelta(minutes=15))
    use_table(OrderItem, aws["ORDERS_TABLE"])
    OrderItem.from_domain(order, "").save()
    store, kept = FakeOrders(), FakeAuditLog()
    store.orders[order.order_id] = order
    log = DynamoAuditLog(aws["AUDIT_LOG_TABLE"])
    moved, entry = replace(order, version=order.version + 1), AuditEntry("operator", Action.ORDER_REFUNDED_BY_HAND, order.order_id, "线下")
    for service, written, entries in (
        (
            DynamoAuditedOrders(aws["ORDERS_TABLE"], log, trace),
            lambda: OrderItem.get(order.order_id, consistent_read=True).to_domain(),
            log.all,
        ),
        (FakeAuditedOrders(store, kept), lambda: store.orders[order.order_id], lambda: kept.entries),
    ):
        service.move(order, moved, entry, NOW)
        with pytest.raises(VersionConflict):
            service.move(order, replace(order, version=order.version + 2), entry, NOW)
        assert written() == moved
        assert len([sealed for sealed in entries() if sealed.entry == entry]) == 1
