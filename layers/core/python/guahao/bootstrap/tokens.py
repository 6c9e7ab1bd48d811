"""Session tokens, for those who issue and those who read them."""

from __future__ import annotations

from functools import cache, partial

from guahao.adapters.aws.secrets import secret_text
from guahao.adapters.clock import utc_now
from guahao.adapters.tokens import JwtTokens
from guahao.domain.accounts import Principal
from guahao.runtime import settings


@cache
def tokens() -> JwtTokens:
    """Return the process's tokens; their secret is fetched with the first one."""
    return JwtTokens(partial(secret_text, settings.text("TOKEN_SECRET")))


def read_token(token: str) -> Principal:
    """Return who the token speaks for now, or raise Unauthenticated."""
    return tokens().read(token, utc_now())
