"""Joins hospitals' contracts with their store, the catalogue that follows them and the orders that keep them, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.hospital_orders import DynamoHospitalOrders
from guahao.adapters.dynamo.hospital_settings import DynamoHospitalContracts
from guahao.adapters.mongo.catalog import MongoCatalog
from guahao.adapters.mongo.client import mongo_database
from guahao.adapters.redis.booking import RedisNumberPool
from guahao.adapters.redis.client import redis_client
from guahao.runtime import settings
from guahao.usecases.hospital_settings import Contracts


@cache
def contracts() -> Contracts:
    """Return what operators do with contracts."""
    log = DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))
    return Contracts(
        contracts=DynamoHospitalContracts(settings.text("HOSPITAL_SETTINGS_TABLE"), log),
        catalog=MongoCatalog(mongo_database(settings.text("MONGODB_URL"))),
        pool=RedisNumberPool(redis_client(settings.text("REDIS_URL"))),
        has_orders=DynamoHospitalOrders(settings.text("ORDERS_TABLE")).any_counts,
        vault=KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY")),
        clock=utc_now,
        any_address=settings.text("HOSPITAL_ADDRESSES") == "any",
    )
