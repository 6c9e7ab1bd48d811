"""What the gateway remembers of hospitals for a short while, in Redis and in the fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event

import pytest
from redis import Redis

from guahao.adapters.redis import partners
from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.partners import RedisNonces, RedisPublicationLock
from guahao.domain.errors import Unavailable
from guahao.domain.hospitals.signing import WINDOW_SECONDS
from guahao.ports.hospitals.partners import Nonces, PublicationLock
from tests.fakes.partners import FakeNonces, FakePublicationLock

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
def publication_lock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> PublicationLock:
    monkeypatch.setattr(partners, "WAIT_SECONDS", 0.1)
    return FakePublicationLock() if request.param == "fake" else RedisPublicationLock(request.getfixturevalue("redis"))


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


def test_one_hospital_has_one_turn_and_keeps_no_other_waiting(publication_lock: PublicationLock) -> None:
    with publication_lock.of("1000"):
        with publication_lock.of("10001"), pytest.raises(Unavailable), publication_lock.of("1000"):
            pass
        with pytest.raises(Unavailable), publication_lock.of("1000"):
            pass
    with publication_lock.of("1000"):
        pass


def test_a_turn_ends_with_its_work_however_that_ends(publication_lock: PublicationLock) -> None:
    with pytest.raises(ZeroDivisionError), publication_lock.of("1000"):
        raise ZeroDivisionError
    with publication_lock.of("1000"):
        pass


def test_who_comes_second_waits(redis: Redis) -> None:
    publication_lock, tries, done = RedisPublicationLock(redis), Event(), []

    def second() -> None:
        tries.set()
        with publication_lock.of("1000"):
            done.append("second")

    with ThreadPoolExecutor(1) as thread:
        with publication_lock.of("1000"):
            waiting = thread.submit(second)
            tries.wait(10)
            done.append("first")
        waiting.result(10)
    assert done == ["first", "second"]


def test_the_turn_of_one_that_died_ends_by_itself(redis: Redis) -> None:
    with RedisPublicationLock(redis).of("1000"):
        [key] = redis.keys()
        assert 0 < redis.ttl(key) <= partners.TURN_SECONDS


def test_a_turn_that_redis_forgot_ends_without_taking_the_next_ones(redis: Redis) -> None:
    publication_lock = RedisPublicationLock(redis)
    with publication_lock.of("1000"):
        redis.flushall()
        redis.set("publishing:1000", "the next")
    assert redis.get("publishing:1000") == "the next"


@pytest.mark.parametrize(
    "use",
    [lambda redis: RedisNonces(redis).use("1000", NONCE), lambda redis: _enter(RedisPublicationLock(redis).of("1000"))],
    ids=["nonces", "publication_lock"],
)
def test_without_redis_the_gateway_is_unavailable(use: Callable[[Redis], object]) -> None:
    with pytest.raises(Unavailable):
        use(redis_client("redis://127.0.0.1:1"))


def _enter(turn: AbstractContextManager[object]) -> None:
    with turn:
        pass
