"""The changes of orders by administrators in memory, over the fake store and the fake audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.orders import Order
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.booking import FakeOrders


@dataclass
class FakeAuditedOrders:
    store: FakeOrders
    log: FakeAuditLog

    def move(self, before: Order, after: Order, entry: AuditEntry, now: datetime) -> None:
        self.store.move(before, after)
        self.log.append(entry, now)
