"""What every number pool promises, on Redis and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.number_pool import RedisNumberPool
from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool import NumberPool, Outcome
from tests.builders import NOW, schedule
from tests.fakes.booking import FakePool

FREE = [Number(n, NumberState.FREE) for n in (1, 2, 3)]


@pytest.fixture(params=["fake", "redis"])
def pool(request: pytest.FixtureRequest) -> Iterator[NumberPool]:
    if request.param == "fake":
        yield FakePool()
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"), decode_responses=True)
    redis.flushall()
    yield RedisNumberPool(redis)
    redis.close()


def test_a_pool_that_nobody_built_says_so(pool: NumberPool) -> None:
    assert pool.take("s1", "o1", NOW).outcome is Outcome.UNBUILT
    assert pool.free_counts(["s1"], NOW) == [None]


def test_numbers_are_given_out_lowest_first_and_never_twice(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    assert [pool.take("s1", f"o{n}", NOW).number for n in range(3)] == [1, 2, 3]
    assert pool.take("s1", "o9", NOW).outcome is Outcome.SOLD_OUT


def test_a_take_tells_all_about_the_schedule(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    assert pool.take("s1", "o1", NOW).schedule == schedule()


def test_the_same_order_gets_its_own_number_again(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    taken = pool.take("s1", "o1", NOW).number
    pool.confirm("s1", taken)
    again = pool.take("s1", "o1", NOW)
    assert (again.outcome, again.number) == (Outcome.MINE, taken)


def test_a_rebuilt_pool_knows_who_has_which_number(pool: NumberPool) -> None:
    pool.build(schedule(), [Number(1, NumberState.SOLD, "o1"), Number(2, NumberState.FREE), Number(3, NumberState.CLOSED)], 0)
    assert pool.take("s1", "o1", NOW).outcome is Outcome.MINE
    assert pool.take("s1", "o2", NOW).number == 2
    assert pool.take("s1", "o3", NOW).outcome is Outcome.SOLD_OUT


def test_a_number_in_flight_comes_back_after_a_minute(pool: NumberPool) -> None:
    pool.build(schedule(), FREE[:1], 0)
    pool.take("s1", "o1", NOW)
    assert pool.take("s1", "o2", NOW + timedelta(seconds=59)).outcome is Outcome.SOLD_OUT
    assert pool.take("s1", "o2", NOW + timedelta(seconds=60)).number == 1


def test_a_number_that_is_overdue_in_flight_counts_as_free(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    pool.take("s1", "o1", NOW)
    left = len(FREE) - 1
    assert pool.free_counts(["s1"], NOW + timedelta(seconds=59)) == [left]
    assert pool.free_counts(["s1"], NOW + timedelta(seconds=60)) == [left + 1]
    pool.give_back("s1", 1, "o1")
    assert pool.free_counts(["s1"], NOW) == [left + 1]


def test_a_confirmed_number_never_comes_back_by_itself(pool: NumberPool) -> None:
    pool.build(schedule(), FREE[:1], 0)
    pool.take("s1", "o1", NOW)
    pool.confirm("s1", 1)
    assert pool.take("s1", "o2", NOW + timedelta(hours=1)).outcome is Outcome.SOLD_OUT


def test_a_refused_order_gives_its_number_back_at_once(pool: NumberPool) -> None:
    pool.build(schedule(), FREE[:1], 0)
    pool.take("s1", "o1", NOW)
    pool.give_back("s1", 1, "o1")
    assert pool.take("s1", "o2", NOW).number == 1


def test_giving_back_a_number_that_has_been_confirmed_changes_nothing(pool: NumberPool) -> None:
    pool.build(schedule(), FREE[:1], 0)
    pool.take("s1", "o1", NOW)
    pool.confirm("s1", 1)
    pool.give_back("s1", 1, "o1")
    assert pool.take("s1", "o2", NOW).outcome is Outcome.SOLD_OUT


def test_a_number_that_proved_not_free_is_forgotten_and_its_order_tries_another(pool: NumberPool) -> None:
    pool.build(schedule(), FREE[:2], 0)
    pool.take("s1", "o1", NOW)
    pool.discard("s1", 1, "o1")
    assert pool.take("s1", "o1", NOW).number == 2
    assert pool.take("s1", "o2", NOW).outcome is Outcome.SOLD_OUT


def test_a_number_put_back_twice_is_given_out_once(pool: NumberPool) -> None:
    pool.build(schedule(), [Number(1, NumberState.HELD, "o1")], 0)
    pool.put_back("s1", 1)
    pool.put_back("s1", 1)
    assert pool.take("s1", "o2", NOW).number == 1
    assert pool.take("s1", "o3", NOW).outcome is Outcome.SOLD_OUT


def test_a_number_that_was_withdrawn_is_not_offered_when_it_comes_back(pool: NumberPool) -> None:
    pool.build(schedule(), [Number(1, NumberState.SOLD, "o1", withdrawn=True), Number(2, NumberState.CLOSED, withdrawn=True)], 0)
    for number in (1, 2):
        pool.put_back("s1", number)
    assert pool.free_counts(["s1"], NOW) == [0]
    assert pool.take("s1", "o2", NOW).outcome is Outcome.SOLD_OUT


def test_nothing_is_put_into_a_pool_that_is_not_built(pool: NumberPool) -> None:
    pool.put_back("s1", 1)
    assert pool.take("s1", "o1", NOW).outcome is Outcome.UNBUILT


def test_a_second_build_does_not_bring_sold_numbers_back(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    pool.take("s1", "o1", NOW)
    pool.confirm("s1", 1)
    pool.build(schedule(), FREE, 0)
    assert pool.take("s1", "o2", NOW).number == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"opens_at": NOW + timedelta(seconds=1)},
        {"closes_at": NOW},
        {"state": ScheduleState.SUSPENDED},
        {"state": ScheduleState.CLOSED},
        {"online": False},
    ],
)
def test_outside_its_time_or_state_a_schedule_gives_nothing(pool: NumberPool, changes: dict[str, object]) -> None:
    pool.build(schedule(**changes), FREE, 0)
    assert pool.take("s1", "o1", NOW).outcome is Outcome.SHUT


def test_numbers_open_at_the_very_moment_of_the_release(pool: NumberPool) -> None:
    pool.build(schedule(opens_at=NOW), FREE, 0)
    assert pool.take("s1", "o1", NOW).outcome is Outcome.TAKEN


def test_counts_are_of_free_numbers_only(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    pool.take("s1", "o1", NOW)
    assert pool.free_counts(["s1", "other"], NOW) == [2, None]


def test_without_redis_every_call_is_pool_unavailable() -> None:
    pool = RedisNumberPool(redis_client("redis://127.0.0.1:1"))
    for call in (
        lambda: pool.take("s1", "o1", NOW),
        lambda: pool.build(schedule(), FREE, NOW),
        lambda: pool.confirm("s1", 1),
        lambda: pool.give_back("s1", 1, "o1"),
        lambda: pool.discard("s1", 1, "o1"),
        lambda: pool.put_back("s1", 1),
        lambda: pool.free_counts(["s1"], NOW),
    ):
        with pytest.raises(PoolUnavailable):
            call()


def test_a_forgotten_pool_is_built_anew_and_not_from_what_was_read_before(pool: NumberPool) -> None:
    pool.build(schedule(), FREE, 0)
    [before] = pool.epochs(["s1"])
    pool.invalidate(["s1", "s2"])
    assert pool.take("s1", "o1", NOW).outcome is Outcome.UNBUILT
    pool.build(schedule(), FREE, before)
    assert pool.take("s1", "o1", NOW).outcome is Outcome.UNBUILT
    pool.build(schedule(state=ScheduleState.SUSPENDED), FREE, *pool.epochs(["s1"]))
    assert pool.take("s1", "o1", NOW).outcome is Outcome.SHUT
