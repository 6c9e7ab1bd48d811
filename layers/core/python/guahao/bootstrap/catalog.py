"""Joins the catalogue's use cases with their stores, once for each process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from guahao.adapters.clock import utc_now
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.domain.booking import Number
from guahao.runtime import settings
from guahao.usecases.catalog import Hospitals, Sessions

if TYPE_CHECKING:
    from guahao.usecases.bookable import PooledFreeNumbers
    from guahao.usecases.search import EarliestSessions


@cache
def hospitals() -> Hospitals:
    """Return the use cases of hospitals."""
    from guahao.bootstrap.dictionary import dictionary_desk

    return Hospitals(_catalog(), dictionary_desk())


@cache
def sessions() -> Sessions:
    """Return the use cases that tell free numbers too."""
    return Sessions(_catalog(), _free_numbers(), utc_now)


@cache
def earliest_sessions() -> EarliestSessions:
    """Return the search across hospitals."""
    from guahao.usecases.search import EarliestSessions

    return EarliestSessions(_catalog(), _free_numbers(), utc_now)


def _free_numbers() -> PooledFreeNumbers:
    from guahao.adapters.redis.booking import RedisNumberPool
    from guahao.adapters.redis.client import redis_client
    from guahao.usecases.bookable import PooledFreeNumbers

    pool = RedisNumberPool(redis_client(settings.text("REDIS_URL")))
    return PooledFreeNumbers(pool, _catalog(), _read_numbers, utc_now)


def _read_numbers(schedule_id: str) -> list[Number]:
    # Only for a session whose pool is not built, so most processes never load DynamoDB's library.
    from guahao.adapters.dynamo.numbers import DynamoNumbers

    return DynamoNumbers(settings.text("NUMBERS_TABLE")).of(schedule_id)


def _catalog() -> MongoCatalog:
    return MongoCatalog(mongo_database(settings.text("MONGODB_URL")))
