"""The orders as administrators deal with them."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.adapters.dynamo.orders_admin import DynamoOrderDesk
from guahao.runtime import settings
from guahao.usecases.orders_admin import OrdersAdmin


@cache
def orders_admin() -> OrdersAdmin:
    """Return the process's desk of orders."""
    orders_table = settings.text("ORDERS_TABLE")
    desk = DynamoOrderDesk(orders_table, DynamoAuditLog(settings.text("AUDIT_LOG_TABLE")))
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    return OrdersAdmin(DynamoOrderIndex(orders_table), desk, vault, utc_now)
