"""Builders of the login use cases."""

from functools import cache

from guahao.adapters.redis.login_codes import RedisLoginCodes
from guahao.bootstrap import parts
from guahao.domain.people.accounts import LoginCodeLimits
from guahao.runtime import settings
from guahao.usecases.people.login import LoginCodeService, LoginService


@cache
def login_code_service() -> LoginCodeService:
    limits = LoginCodeLimits(
        lifetime_seconds=settings.integer("LOGIN_CODE_SECONDS"),
        attempts=settings.integer("LOGIN_CODE_ATTEMPTS"),
        per_phone_minute=settings.integer("LOGIN_CODES_PER_PHONE_MINUTE"),
        per_phone_day=settings.integer("LOGIN_CODES_PER_PHONE_DAY"),
        per_address_hour=settings.integer("LOGIN_CODES_PER_ADDRESS_HOUR"),
    )
    return LoginCodeService(RedisLoginCodes(parts.redis()), parts.sms(), parts.vault(), parts.utc_now, limits)


@cache
def login_service() -> LoginService:
    from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem

    logins, codes = DynamoLogins(UserLoginItem, settings.text("ACCOUNTS_TABLE")), RedisLoginCodes(parts.redis())
    return LoginService(parts.accounts(), logins, codes, parts.vault(), parts.tokens(), parts.utc_now)
