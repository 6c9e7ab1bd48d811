"""Builders of the login use cases."""

from functools import cache

from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem
from guahao.adapters.redis.login_codes import RedisChallenges, RedisLoginCodes
from guahao.bootstrap import parts
from guahao.bootstrap.parts import trusted_proxies as trusted_proxies
from guahao.domain.people.login_codes import LoginCodeLimits, LoginGuessLimits
from guahao.runtime import settings
from guahao.usecases.people.login import LoginService
from guahao.usecases.people.login_challenges import LoginChallenges
from guahao.usecases.people.login_codes import LoginCodeService


@cache
def login_code_service() -> LoginCodeService:
    limits = LoginCodeLimits(
        lifetime_seconds=settings.integer("LOGIN_CODE_SECONDS"),
        attempts=settings.integer("LOGIN_CODE_ATTEMPTS"),
        per_phone_minute=settings.integer("LOGIN_CODES_PER_PHONE_MINUTE"),
        per_phone_hour=settings.integer("LOGIN_CODES_PER_PHONE_HOUR"),
        per_phone_day=settings.integer("LOGIN_CODES_PER_PHONE_DAY"),
        kept_per_hour=settings.integer("LOGIN_CODES_KEPT_PER_HOUR"),
        kept_per_day=settings.integer("LOGIN_CODES_KEPT_PER_DAY"),
        per_address_hour=settings.integer("LOGIN_CODES_PER_ADDRESS_HOUR"),
        challenge_after_phone_day=settings.integer("CHALLENGE_AFTER_PHONE_DAY"),
        challenge_after_address_hour=settings.integer("CHALLENGE_AFTER_ADDRESS_HOUR"),
    )
    codes, challenges, prefixes = RedisLoginCodes(parts.redis()), _login_challenges(), settings.words("MOBILE_PREFIXES")
    logins, sms, vault = _logins(), parts.sms(), parts.vault()
    return LoginCodeService(codes, challenges, logins, sms, vault, parts.utc_now, limits, mobile_prefixes=prefixes)


@cache
def login_service() -> LoginService:
    limits = LoginGuessLimits(
        challenge_after_phone_day=settings.integer("CHALLENGE_AFTER_GUESSES_DAY"),
        per_address_hour=settings.integer("LOGIN_GUESSES_PER_ADDRESS_HOUR"),
    )
    codes, challenges = RedisLoginCodes(parts.redis()), _login_challenges()
    accounts, logins, vault, prefixes = parts.accounts(), _logins(), parts.vault(), settings.words("MOBILE_PREFIXES")
    return LoginService(accounts, logins, codes, challenges, vault, parts.tokens(), parts.utc_now, limits, prefixes)


@cache
def _logins() -> DynamoLogins:
    return DynamoLogins(UserLoginItem, settings.text("ACCOUNTS_TABLE"))


@cache
def _login_challenges() -> LoginChallenges:
    bits, seconds = settings.integer("CHALLENGE_BITS"), settings.integer("CHALLENGE_SECONDS")
    return LoginChallenges(RedisChallenges(parts.redis()), bits, seconds)
