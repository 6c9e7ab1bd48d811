"""What the use cases need in order to change orders for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from guahao.domain.audit_log import Deed
from guahao.domain.booking import Order


class OrderDesk(Protocol):
    """Changes of orders that touch no number and no ledger."""

    def move(self, before: Order, after: Order, deed: Deed, now: datetime) -> None:
        """Write the order over `before` and the deed's audit entry with it, both or none, or raise OrderMoved."""
        ...
