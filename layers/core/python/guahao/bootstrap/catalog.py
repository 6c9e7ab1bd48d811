"""Joins the catalogue's use cases with their stores, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.booking import Number
from guahao.runtime import settings
from guahao.usecases.catalog import Hospitals, Sessions


@cache
def hospitals() -> Hospitals:
    """Return the use cases that need the catalogue alone."""
    return Hospitals(_catalog())


@cache
def sessions() -> Sessions:
    """Return the use cases that tell free numbers too."""
    from guahao.adapters.clock import utc_now
    from guahao.adapters.redis.booking import RedisNumberPool
    from guahao.adapters.redis.client import redis_client
    from guahao.usecases.bookable import PooledFreeNumbers

    pool = RedisNumberPool(redis_client(settings.text("REDIS_URL")))
    return Sessions(_catalog(), PooledFreeNumbers(pool, _catalog(), _read_numbers, utc_now), utc_now)


def _read_numbers(schedule_id: str) -> list[Number]:
    # Only for a session whose pool is not built, so most processes never load DynamoDB's library.
    from guahao.adapters.dynamo.numbers import DynamoNumbers

    return DynamoNumbers(settings.text("NUMBERS_TABLE")).of(schedule_id)


def _catalog() -> MongoCatalog:
    return MongoCatalog(mongo_database(settings.text("MONGODB_URL")))
