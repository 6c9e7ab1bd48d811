"""The changes of orders by administrators in memory, over the fake store and the fake audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guahao.domain.audit_log import Deed
from guahao.domain.booking import Order
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.booking import FakeOrders


@dataclass
class FakeOrderDesk:
    store: FakeOrders
    log: FakeAuditLog

    def move(self, before: Order, after: Order, deed: Deed, now: datetime) -> None:
        self.store.move(before, after)
        self.log.append(deed, now)
