"""Session tokens as signed JWTs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt

from guahao.domain.errors import Unauthenticated
from guahao.domain.people.sessions import IssuedToken, Principal

LIFETIME = timedelta(hours=2)
_ALGORITHM = "HS256"
# The time is checked against the caller's clock instead.
_OPTIONS: jwt.types.Options = {"require": ["sub", "role", "jti", "exp"], "verify_exp": False, "verify_iat": False}


class JwtTokens:
    """Session tokens signed with one secret, which is fetched when the first token is issued or read."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def issue(self, user_id: str, role: str, now: datetime) -> IssuedToken:
        """Return a new token that ends in two hours."""
        expires_at = (now + LIFETIME).replace(microsecond=0)
        token_id = f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"
        claims = {"sub": user_id, "role": role, "jti": token_id, "iat": now, "exp": expires_at}
        return IssuedToken(jwt.encode(claims, self._secret(), algorithm=_ALGORITHM), token_id, expires_at)

    def read(self, token: str, now: datetime) -> Principal:
        """Return the principal of the token, or raise Unauthenticated if it is not ours, was changed or has ended."""
        try:
            claims = jwt.decode(token, self._secret(), algorithms=[_ALGORITHM], options=_OPTIONS)
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("The token is not one of ours. Log in again.") from error
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        if now >= expires_at:
            raise Unauthenticated("The token has ended. Log in again.")
        return Principal(claims["sub"], claims["role"], claims["jti"], expires_at)
