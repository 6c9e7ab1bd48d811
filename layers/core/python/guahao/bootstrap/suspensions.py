"""Joins the end of suspended sessions with its stores, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import postpone
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.notices import DynamoOffers
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.adapters.redis.booking import RedisNumberPool
from guahao.adapters.redis.client import redis_client
from guahao.bootstrap.orders import order_store
from guahao.runtime import settings
from guahao.usecases.bookable import PooledFreeNumbers
from guahao.usecases.suspensions import SuspendedSessions


@cache
def suspended_sessions() -> SuspendedSessions:
    """Return what ends the orders of suspended sessions."""
    catalog = MongoCatalog(mongo_database(settings.text("MONGODB_URL")))
    numbers = DynamoNumbers(settings.text("NUMBERS_TABLE"))
    pool = RedisNumberPool(redis_client(settings.text("REDIS_URL")))
    return SuspendedSessions(
        catalog=catalog,
        numbers=numbers,
        pool=pool,
        free_numbers=PooledFreeNumbers(pool, catalog, numbers.of, utc_now),
        offers=DynamoOffers(settings.text("NOTICES_TABLE")),
        orders=order_store(),
        clock=utc_now,
    )


def postpone_suspension(receipt_handle: str, seconds: int) -> None:
    """Let the message of a suspension that failed come again after so many seconds."""
    postpone(client("sqs"), settings.text("SUSPENSIONS_QUEUE"), receipt_handle, seconds)
