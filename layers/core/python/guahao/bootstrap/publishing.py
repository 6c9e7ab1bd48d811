"""Joins what hospitals publish with the catalogue and the numbers, and who calls with its proof, once for each process."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from guahao.adapters.clock import utc_now
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.adapters.redis.booking import RedisNumberPool
from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.gateway import RedisTurns
from guahao.bootstrap.gateway_access import prove
from guahao.runtime import settings
from guahao.usecases.publishing import Publishing

if TYPE_CHECKING:
    from guahao.usecases.attendance import Attendance
    from guahao.usecases.session_publishing import SessionPublishing

__all__ = ["attendance", "prove", "publishing", "session_publishing"]


@cache
def publishing() -> Publishing:
    """Return what publishes hospitals and departments."""
    redis = redis_client(settings.text("REDIS_URL"))
    return Publishing(_catalog(), RedisNumberPool(redis), RedisTurns(redis), utc_now)


@cache
def session_publishing() -> SessionPublishing:
    """Return what publishes sessions."""
    from guahao.adapters.aws.clients import client
    from guahao.adapters.aws.queues import QueueUrls, SqsOutbox
    from guahao.adapters.dynamo.numbers import DynamoNumbers
    from guahao.usecases.session_publishing import SessionPublishing

    redis = redis_client(settings.text("REDIS_URL"))
    return SessionPublishing(
        catalog=_catalog(),
        numbers=DynamoNumbers(settings.text("NUMBERS_TABLE")),
        pool=RedisNumberPool(redis),
        suspensions=SqsOutbox(client("sqs"), QueueUrls(suspensions=settings.text("SUSPENSIONS_QUEUE"))),
        turns=RedisTurns(redis),
        clock=utc_now,
    )


@cache
def attendance() -> Attendance:
    """Return what notes who came."""
    from guahao.bootstrap.orders import order_store
    from guahao.usecases.attendance import Attendance

    return Attendance(order_store(), utc_now)


def _catalog() -> MongoCatalog:
    return MongoCatalog(mongo_database(settings.text("MONGODB_URL")))
