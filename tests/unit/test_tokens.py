from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from guahao.adapters.tokens import JwtTokens
from guahao.domain.errors import Unauthenticated
from tests.fakes.clock import FakeClock

SECRET = "s" * 64


@pytest.fixture
def tokens() -> JwtTokens:
    return JwtTokens(lambda: SECRET)


def test_a_token_speaks_for_its_user_for_two_hours(tokens: JwtTokens) -> None:
    clock = FakeClock()
    token, expires_at = tokens.issue("u1", "user", clock())
    assert expires_at == clock() + timedelta(hours=2)
    clock.advance(hours=2, seconds=-1)
    principal = tokens.read(token, clock())
    assert (principal.user_id, principal.role, principal.expires_at) == ("u1", "user", expires_at)
    clock.advance(seconds=1)
    with pytest.raises(Unauthenticated):
        tokens.read(token, clock())


def test_every_token_has_its_own_id(tokens: JwtTokens) -> None:
    now = FakeClock()()
    assert len({tokens.read(tokens.issue("u1", "user", now)[0], now).token_id for _ in range(3)}) == 3


def test_a_token_that_is_not_ours_is_refused(tokens: JwtTokens) -> None:
    now = FakeClock()()
    claims = {"sub": "u1", "role": "user", "jti": "1", "exp": now + timedelta(hours=1)}
    token, _ = tokens.issue("u1", "user", now)
    head, body, signature = token.split(".")
    for bad in (
        "",
        "x",
        "a.b.c",
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.",
        jwt.encode(claims, "t" * 64, algorithm="HS256"),
        jwt.encode(claims, SECRET, algorithm="HS512"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode({name: claim for name, claim in claims.items() if name != "exp"}, SECRET, algorithm="HS256"),
        jwt.encode({**claims, "sub": 5}, SECRET, algorithm="HS256"),
    ):
        with pytest.raises(Unauthenticated):
            tokens.read(bad, now)


def test_the_secret_is_fetched_with_the_first_token_only() -> None:
    fetched: list[str] = []

    def fetch() -> str:
        fetched.append(SECRET)
        return SECRET

    tokens = JwtTokens(fetch)
    assert fetched == []
    tokens.issue("u1", "user", FakeClock()())
    assert len(fetched) == 1
