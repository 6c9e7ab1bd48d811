"""Joins what becomes of missed visits with its stores, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.clock import utc_now
from guahao.runtime import settings
from guahao.usecases.no_shows import MissedVisits, NoShows


@cache
def missed_visits() -> MissedVisits:
    """Return what asks about visits that are over."""
    from guahao.adapters.aws.clients import client
    from guahao.adapters.aws.queues import SqsQueue
    from guahao.adapters.dynamo.order_index import DynamoOrderIndex

    queue = SqsQueue(client("sqs"), settings.text("NO_SHOWS_QUEUE"))
    return MissedVisits(DynamoOrderIndex(settings.text("ORDERS_TABLE")), queue, utc_now)


@cache
def no_shows() -> NoShows:
    """Return what notes who did not come."""
    from guahao.bootstrap.orders import order_store

    return NoShows(order_store(), utc_now)
