"""What reconciliation is promised of pools, on Redis and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol

import pytest
from redis import Redis

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.number_pool import RedisNumberPool
from guahao.adapters.redis.number_pool_checks import RedisPools
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool import NumberPool, Outcome
from guahao.ports.booking.number_pool_checks import PoolContent, Pools
from tests.builders import NOW, schedule
from tests.fakes.booking import FakePool

FREE = [Number(n, NumberState.FREE) for n in (1, 2, 3)]
LATER = NOW + timedelta(minutes=1)


class Both(NumberPool, Pools, Protocol):
    """A pool as bookings and as reconciliation see it."""


class RedisBoth(RedisNumberPool, RedisPools):
    def __init__(self, redis: Redis) -> None:
        RedisNumberPool.__init__(self, redis)
        RedisPools.__init__(self, redis)


@pytest.fixture(params=["fake", "redis"])
def pool(request: pytest.FixtureRequest) -> Iterator[Both]:
    if request.param == "fake":
        yield FakePool()
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"), decode_responses=True)
    redis.flushall()
    yield RedisBoth(redis)
    redis.close()


def test_the_content_tells_free_numbers_from_those_in_flight_and_those_for_too_long(pool: Both) -> None:
    pool.build(schedule(), FREE, 0)
    pool.take("s1", "o1", NOW)
    pool.take("s1", "o2", LATER - timedelta(seconds=1))
    assert pool.content("s1", LATER) == PoolContent(frozenset({3}), frozenset({2}), frozenset({1}))


def test_every_built_pool_is_found_and_no_other(pool: Both) -> None:
    for n in range(3):
        pool.build(schedule(f"s{n}"), FREE, 0)
    pool.invalidate(["s1"])
    assert sorted(pool.built()) == ["s0", "s2"]
    assert sorted(pool.built()) == ["s0", "s2"]


def test_a_number_that_the_pool_knows_is_not_offered_again(pool: Both) -> None:
    pool.build(schedule(), FREE[:2], 0)
    pool.take("s1", "o1", NOW)
    assert pool.offer("s1", {1, 2, 3}) == [3]
    assert pool.content("s1", NOW) == PoolContent(frozenset({2, 3}), frozenset({1}), frozenset())


def test_nothing_is_offered_by_a_pool_that_is_not_built(pool: Both) -> None:
    assert pool.offer("s1", {1}) == []
    assert pool.take("s1", "o1", NOW).outcome is Outcome.UNBUILT


def test_what_is_withdrawn_is_given_to_nobody_but_who_is_taking_it_keeps_it(pool: Both) -> None:
    pool.build(schedule(), FREE, 0)
    pool.take("s1", "o1", NOW)
    pool.take("s1", "o2", LATER - timedelta(seconds=1))
    assert pool.withdraw("s1", {1, 2, 3, 4}, LATER) == [1, 3]
    assert pool.take("s1", "o3", LATER).outcome is Outcome.SOLD_OUT
    assert pool.content("s1", LATER).in_flight == {2}


def test_a_walk_goes_on_where_the_last_one_was_left(redis_url: str) -> None:
    redis = Redis.from_url(redis_url, decode_responses=True)
    redis.flushall()
    pools, number_pool = RedisPools(redis), RedisNumberPool(redis)
    for n in range(3000):
        redis.zadd(f"pool:{{s{n}}}", {"1": 1})
    number_pool.build(schedule(), FREE, 0)
    first = pools.built()
    seen = [next(first) for _ in range(1500)]
    rest = list(pools.built())
    assert len(rest) < 3000
    assert {*seen, *rest} >= {f"s{n}" for n in range(3000)}
    redis.close()


def test_without_redis_nothing_can_be_asked() -> None:
    pools = RedisPools(redis_client("redis://127.0.0.1:1"))
    for call in (
        lambda: list(pools.built()),
        lambda: pools.content("s1", NOW),
        lambda: pools.offer("s1", {1}),
        lambda: pools.withdraw("s1", {1}, NOW),
    ):
        with pytest.raises(PoolUnavailable):
            call()
