"""Logging in: the desk that sends codes and the desk that opens sessions. Each loads its own libraries only."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.redis.accounts import RedisLoginCodes
from guahao.adapters.redis.client import redis_client
from guahao.domain.accounts import LoginCodeLimits
from guahao.runtime import settings
from guahao.usecases.accounts import AccountDesk, LoginCodeDesk


@cache
def login_code_desk() -> LoginCodeDesk:
    """Return the desk that sends login codes."""
    from guahao.bootstrap.sms import sms

    limits = LoginCodeLimits(
        lifetime_seconds=settings.integer("LOGIN_CODE_SECONDS"),
        attempts=settings.integer("LOGIN_CODE_ATTEMPTS"),
        per_phone_minute=settings.integer("LOGIN_CODES_PER_PHONE_MINUTE"),
        per_phone_day=settings.integer("LOGIN_CODES_PER_PHONE_DAY"),
        per_address_hour=settings.integer("LOGIN_CODES_PER_ADDRESS_HOUR"),
    )
    return LoginCodeDesk(_codes(), sms(), _vault(), utc_now, limits)


@cache
def account_desk() -> AccountDesk:
    """Return the desk that opens and ends sessions."""
    from guahao.adapters.dynamo.accounts import DynamoAccounts
    from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem
    from guahao.bootstrap.tokens import tokens

    table = settings.text("ACCOUNTS_TABLE")
    return AccountDesk(DynamoAccounts(table), DynamoLogins(UserLoginItem, table), _codes(), _vault(), tokens(), utc_now)


def _codes() -> RedisLoginCodes:
    return RedisLoginCodes(redis_client(settings.text("REDIS_URL")))


def _vault() -> KmsVault:
    return KmsVault(settings.text("VAULT_KEY"), settings.text("FINGERPRINT_KEY"))
