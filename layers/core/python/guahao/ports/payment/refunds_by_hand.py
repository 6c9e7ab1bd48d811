"""Orders as refunds by hand need them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.administration.audit_log import AuditEntry
from guahao.domain.booking.orders import Order


class AuditedOrders(Protocol):
    """The store for audited changes of orders, which touch no number and no ledger."""

    def move(self, before: Order, after: Order, entry: AuditEntry, now: datetime) -> None:
        """Write the order over `before` together with the audit entry, both or none, or raise VersionConflict."""
        ...
