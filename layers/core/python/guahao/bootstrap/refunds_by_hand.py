"""Joins refunds by hand with the provider, the orders and the audit log, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.refunds_by_hand import DynamoOrderDesk
from guahao.bootstrap.payment import payments
from guahao.runtime import settings
from guahao.usecases.refunds_by_hand import RefundsByHand


@cache
def refunds_by_hand() -> RefundsByHand:
    """Return what ends refunds that only a person can help."""
    desk = DynamoOrderDesk(settings.text("ORDERS_TABLE"), DynamoAuditLog(settings.text("AUDIT_LOG_TABLE")))
    return RefundsByHand(payments(), desk)
