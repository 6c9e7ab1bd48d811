"""Joins both reconciliations with their stores, partners and pools, once for each process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.adapters.redis.client import redis_client
from guahao.bootstrap.payment import payments, settlements
from guahao.runtime import settings
from guahao.usecases.daily_reconciliation import DailyReconciliation
from guahao.usecases.reconciliation import Reconciliation

# A single repair may then still take its time before the function's own is over.
_TIME = timedelta(seconds=200)


def repair(grace_seconds: int) -> Mapping[str, int]:
    """Repair what has been due for so long, and return the figures."""
    return reconciliation().run(_TIME, timedelta(seconds=grace_seconds))


@cache
def reconciliation() -> Reconciliation:
    """Return what is done every five minutes."""
    from guahao.adapters.redis.pools import RedisPools
    from guahao.bootstrap.gateway import hospital_calls
    from guahao.usecases.pool_checks import PoolChecks

    return Reconciliation(
        index=_index(),
        payments=payments(),
        settlements=settlements(),
        calls=hospital_calls(),
        pools=PoolChecks(RedisPools(redis_client(settings.text("REDIS_URL"))), _numbers().of, utc_now),
        clock=utc_now,
    )


@cache
def daily_reconciliation() -> DailyReconciliation:
    """Return what is done once a day."""
    from guahao.adapters.dynamo.audit_log import DynamoAuditLog
    from guahao.adapters.dynamo.hospital_settings import DynamoHospitalContracts
    from guahao.adapters.mongo.catalog import MongoCatalog
    from guahao.adapters.mongo.client import mongo_database
    from guahao.adapters.redis.booking import RedisNumberPool
    from guahao.bootstrap.suspensions import suspended_sessions
    from guahao.usecases.bills import Bills
    from guahao.usecases.withdrawals import Withdrawals

    log = DynamoAuditLog(settings.text("AUDIT_LOG_TABLE"))
    withdrawals = Withdrawals(
        suspended=suspended_sessions(),
        read_numbers=_numbers().of,
        contracts=DynamoHospitalContracts(settings.text("HOSPITAL_SETTINGS_TABLE"), log),
        catalog=MongoCatalog(mongo_database(settings.text("MONGODB_URL"))),
        pool=RedisNumberPool(redis_client(settings.text("REDIS_URL"))),
        clock=utc_now,
    )
    return DailyReconciliation(withdrawals, Bills(_index(), payments(), settlements()), utc_now)


def _index() -> DynamoOrderIndex:
    return DynamoOrderIndex(settings.text("ORDERS_TABLE"))


def _numbers() -> DynamoNumbers:
    return DynamoNumbers(settings.text("NUMBERS_TABLE"))
