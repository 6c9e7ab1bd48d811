from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from guahao.adapters.tokens import JwtTokens
from guahao.domain.errors import Unauthenticated
from guahao.domain.people.sessions import Principal
from tests.fakes.clock import FakeClock

SECRET = "s" * 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def tokens() -> JwtTokens:
    return JwtTokens(lambda: SECRET)


def test_a_token_speaks_for_its_user_for_two_hours(tokens: JwtTokens) -> None:
    clock = FakeClock()
    issued = tokens.issue("u1", "user", clock())
    assert issued.expires_at == clock() + timedelta(hours=2)
    clock.advance(hours=2, seconds=-1)
    assert tokens.read(issued.token, clock()) == Principal("u1", "user", issued.token_id, issued.expires_at)
    clock.advance(seconds=1)
    with pytest.raises(Unauthenticated):
        tokens.read(issued.token, clock())


def test_every_token_has_its_own_id(tokens: JwtTokens) -> None:
    now = FakeClock()()
    assert len({tokens.issue("u1", "user", now).token_id for _ in range(3)}) == 3


def test_ids_sort_by_the_time_of_their_issue(tokens: JwtTokens) -> None:
    moments = [EPOCH + timedelta(days=365 * years, milliseconds=years) for years in range(30, 130)]
    ids = [tokens.issue("u1", "user", moment).token_id for moment in moments]
    assert ids == sorted(ids)
    assert len({len(token_id) for token_id in ids}) == 1


def test_a_token_that_is_not_ours_is_refused(tokens: JwtTokens) -> None:
    now = FakeClock()()
    claims = {"sub": "u1", "role": "user", "jti": "1", "exp": now + timedelta(hours=1)}
    head, body, signature = tokens.issue("u1", "user", now).token.split(".")
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
