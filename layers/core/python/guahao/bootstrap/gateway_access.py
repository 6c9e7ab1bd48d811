"""Joins the proof of who calls the gateway with its stores, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.gateway import DynamoHospitalSettings
from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.gateway import RedisNonces
from guahao.runtime import settings
from guahao.usecases.gateway_access import GatewayAccess, Signed


def prove(request: Signed) -> str:
    """Return the code of the hospital that signed the request."""
    return gateway_access().prove(request)


@cache
def gateway_access() -> GatewayAccess:
    """Return what knows hospitals by their signatures."""
    vault = KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
    hospital_settings = DynamoHospitalSettings(settings.text("HOSPITAL_SETTINGS_TABLE"), vault)
    return GatewayAccess(hospital_settings, RedisNonces(redis_client(settings.text("REDIS_URL"))), utc_now)
