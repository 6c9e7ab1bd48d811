"""Session tokens, for those who issue and those who read them."""

from __future__ import annotations

from functools import cache, partial

from guahao.adapters.aws.secrets import secret_text
from guahao.adapters.tokens import JwtTokens
from guahao.runtime import settings


@cache
def tokens() -> JwtTokens:
    """Return the process's tokens; their secret is fetched with the first one."""
    return JwtTokens(partial(secret_text, settings.text("TOKEN_SECRET")))
