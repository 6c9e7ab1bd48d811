"""Joins the statistics with their store, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.statistics import DynamoStatistics
from guahao.runtime import settings
from guahao.usecases.statistics import BookingStatistics, Counting


@cache
def counting() -> Counting:
    """Return what counts orders."""
    from guahao.bootstrap.orders import order_store

    return Counting(order_store(), statistics_store())


@cache
def booking_statistics() -> BookingStatistics:
    """Return what administrators see of the counts."""
    return BookingStatistics(statistics_store(), utc_now)


def statistics_store() -> DynamoStatistics:
    """Return the store of the counts."""
    return DynamoStatistics(settings.text("STATISTICS_TABLE"))
