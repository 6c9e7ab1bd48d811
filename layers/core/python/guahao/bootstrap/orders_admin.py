"""The orders as administrators deal with them."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.runtime import settings
from guahao.usecases.orders_admin import OrdersAdmin


@cache
def orders_admin() -> OrdersAdmin:
    """Return the process's desk of orders."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    return OrdersAdmin(DynamoOrderIndex(settings.text("ORDERS_TABLE")), vault)
