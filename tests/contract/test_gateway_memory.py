"""What the gateway remembers of hospitals for a short while, in Redis and in the fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event

import pytest
from redis import Redis

from guahao.adapters.redis import gateway
from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.gateway import RedisNonces, RedisTurns
from guahao.domain.errors import Unavailable
from guahao.domain.signing import WINDOW_SECONDS
from guahao.ports.gateway import Nonces, Turns
from tests.fakes.gateway import FakeNonces, FakeTurns

NONCE = "0123456789abcdef"


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        client.flushall()
        yield client


@pytest.fixture(params=["fake", "redis"])
def nonces(request: pytest.FixtureRequest) -> Nonces:
    return FakeNonces() if request.param == "fake" else RedisNonces(request.getfixturevalue("redis"))


@pytest.fixture(params=["fake", "redis"])
def turns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(gateway, "WAIT_SECONDS", 0.1)
    return FakeTurns() if request.param == "fake" else RedisTurns(request.getfixturevalue("redis"))


def test_a_nonce_is_used_once_by_each_hospital(nonces: Nonces) -> None:
    assert [nonces.use("1000", NONCE) for _ in range(3)] == [True, False, False]
    assert nonces.use("10001", NONCE)
    assert nonces.use("1000", NONCE.upper())


def test_of_many_at_once_one_uses_a_nonce(redis: Redis) -> None:
    with ThreadPoolExecutor(8) as threads:
        used = list(threads.map(lambda _: RedisNonces(redis).use("1000", NONCE), range(40)))
    assert used.count(True) == 1


def test_a_nonce_is_remembered_for_longer_than_its_signature_is_good(redis: Redis) -> None:
    RedisNonces(redis).use("1000", NONCE)
    [key] = redis.keys()
    assert 2 * WINDOW_SECONDS < redis.ttl(key) <= 2 * 2 * WINDOW_SECONDS


def test_one_hospital_has_one_turn_and_keeps_no_other_waiting(turns: Turns) -> None:
    with turns.of("1000"):
        with turns.of("10001"), pytest.raises(Unavailable), turns.of("1000"):
            pass
        with pytest.raises(Unavailable), turns.of("1000"):
            pass
    with turns.of("1000"):
        pass


def test_a_turn_ends_with_its_work_however_that_ends(turns: Turns) -> None:
    with pytest.raises(ZeroDivisionError), turns.of("1000"):
        raise ZeroDivisionError
    with turns.of("1000"):
        pass


def test_who_comes_second_waits(redis: Redis) -> None:
    turns, tries, done = RedisTurns(redis), Event(), []

    def second() -> None:
        tries.set()
        with turns.of("1000"):
            done.append("second")

    with ThreadPoolExecutor(1) as thread:
        with turns.of("1000"):
            waiting = thread.submit(second)
            tries.wait(10)
            done.append("first")
        waiting.result(10)
    assert done == ["first", "second"]


def test_the_turn_of_one_that_died_ends_by_itself(redis: Redis) -> None:
    with RedisTurns(redis).of("1000"):
        [key] = redis.keys()
        assert 0 < redis.ttl(key) <= gateway.TURN_SECONDS


def test_a_turn_that_redis_forgot_ends_without_taking_the_next_ones(redis: Redis) -> None:
    turns = RedisTurns(redis)
    with turns.of("1000"):
        redis.flushall()
        redis.set("publishing:1000", "the next")
    assert redis.get("publishing:1000") == "the next"


@pytest.mark.parametrize(
    "use",
    [lambda redis: RedisNonces(redis).use("1000", NONCE), lambda redis: _enter(RedisTurns(redis).of("1000"))],
    ids=["nonces", "turns"],
)
def test_without_redis_the_gateway_is_unavailable(use: Callable[[Redis], object]) -> None:
    with pytest.raises(Unavailable):
        use(redis_client("redis://127.0.0.1:1"))


def _enter(turn: AbstractContextManager[object]) -> None:
    with turn:
        pass
