"""Joins the selling of numbers with its stores, once for each process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.bookers import DynamoBookers
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.redis.booking import RedisNumberPool
from guahao.adapters.redis.client import redis_client
from guahao.bootstrap.booking_policy import booking_policy
from guahao.bootstrap.orders import order_store
from guahao.domain.sessions import BookableSession
from guahao.runtime import settings
from guahao.usecases.booking import Booking


@cache
def booking() -> Booking:
    """Return the use cases of orders."""
    return Booking(
        orders=order_store(),
        pool=RedisNumberPool(redis_client(settings.text("REDIS_URL"))),
        read_booker=DynamoBookers(settings.text("ACCOUNTS_TABLE")).read,
        read_sessions=_read_sessions,
        read_numbers=DynamoNumbers(settings.text("NUMBERS_TABLE")).of,
        clock=utc_now,
        policy=booking_policy(),
        hold=timedelta(seconds=settings.integer("HOLD_SECONDS")),
    )


def _read_sessions(schedule_ids: Sequence[str]) -> Mapping[str, BookableSession]:
    # Only for a session whose pool is not built, so most processes never load MongoDB's library.
    from guahao.adapters.mongo.catalog import MongoCatalog
    from guahao.adapters.mongo.client import mongo_database
    from guahao.usecases.bookable import bookable_sessions

    return bookable_sessions(MongoCatalog(mongo_database(settings.text("MONGODB_URL"))), schedule_ids)
