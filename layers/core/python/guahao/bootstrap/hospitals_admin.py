"""Joins the operators' catalogue with its stores, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.clock import utc_now
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.bootstrap.catalog import sessions
from guahao.runtime import settings
from guahao.usecases.hospitals_admin import CatalogDesk, SessionDesk


@cache
def catalog_desk() -> CatalogDesk:
    """Return the hospitals as operators see them."""
    from guahao.adapters.dynamo.audit_log import DynamoAuditLog
    from guahao.adapters.dynamo.hospital_settings import DynamoHospitalContracts
    from guahao.adapters.redis.booking import RedisNumberPool
    from guahao.adapters.redis.client import redis_client
    from guahao.bootstrap.dictionary import dictionary_desk

    log = DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))
    return CatalogDesk(
        catalog=_catalog(),
        names=dictionary_desk(),
        contracts=DynamoHospitalContracts(settings.text("HOSPITAL_SETTINGS_TABLE"), log),
        pool=RedisNumberPool(redis_client(settings.text("REDIS_URL"))),
        log=log,
        clock=utc_now,
    )


@cache
def session_desk() -> SessionDesk:
    """Return the sessions as operators see them."""
    return SessionDesk(_catalog(), sessions().free_numbers)


def _catalog() -> MongoCatalog:
    return MongoCatalog(mongo_database(settings.text("MONGODB_URL")))
