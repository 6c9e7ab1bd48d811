"""Builders of the login use cases."""

from functools import cache

from guahao.adapters.dynamo.logins import DynamoLogins, UserLoginItem
from guahao.adapters.redis.login_codes import RedisChallenges, RedisLoginCodes
from guahao.bootstrap import parts
from guahao.domain.people.login_codes import LoginCodeLimits, LoginGuessLimits
from guahao.runtime import settings
from guahao.usecases.people.login import LoginService
from guahao.usecases.people.login_challenges import LoginChallenges
from guahao.usecases.people.login_codes import LoginCodeService


@cache
def login_code_service() -> LoginCodeService:
    limits, prefixes = settings.numbers(LoginCodeLimits, "LOGIN_CODE_"), settings.words("MOBILE_PREFIXES")
    stores = RedisLoginCodes(parts.redis()), _login_challenges(), _logins(), parts.sms(), parts.vault()
    return LoginCodeService(*stores, parts.utc_now, limits, mobile_prefixes=prefixes)


@cache
def login_service() -> LoginService:
    limits, prefixes = settings.numbers(LoginGuessLimits, "LOGIN_GUESS_"), settings.words("MOBILE_PREFIXES")
    stores = parts.accounts(), _logins(), RedisLoginCodes(parts.redis()), _login_challenges()
    return LoginService(*stores, parts.vault(), parts.tokens(), parts.utc_now, limits, prefixes)


def _logins() -> DynamoLogins:
    return DynamoLogins(UserLoginItem, settings.text("ACCOUNTS_TABLE"))


def _login_challenges() -> LoginChallenges:
    return LoginChallenges(RedisChallenges(parts.redis()), settings.integer("CHALLENGE_BITS"), settings.integer("CHALLENGE_SECONDS"))
