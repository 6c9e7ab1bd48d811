"""The store of orders, for every capability that moves them."""

from __future__ import annotations

from functools import cache

from guahao.adapters.dynamo.booking import DynamoOrders
from guahao.runtime import settings


@cache
def order_store() -> DynamoOrders:
    """Return the process's store of orders, numbers and ledgers."""
    return DynamoOrders(settings.text("ORDERS_TABLE"), settings.text("NUMBERS_TABLE"), settings.text("ACCOUNTS_TABLE"))
