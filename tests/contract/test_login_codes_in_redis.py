"""Login codes and challenges in Redis: in one round trip, once, and not for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.login_codes import RedisChallenges, RedisLoginCodes
from guahao.domain.errors import Unavailable
from guahao.domain.people.login_codes import Challenge, Guess
from guahao.ports.people.login_codes import Challenges
from tests.contract.asking_for_codes import NOW, Phone
from tests.fakes.login_codes import FakeChallenges
from tests.servers import free_port

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["fake", "redis"])
def challenges(request: pytest.FixtureRequest) -> Challenges:
    return FakeChallenges() if request.param == "fake" else RedisChallenges(redis_client(request.getfixturevalue("redis_url")))


def test_a_challenge_is_taken_once_by_its_account_in_its_time(challenges: Challenges) -> None:
    user, salt = uuid4().hex, uuid4().hex
    challenge = Challenge(salt, 15, NOW + MINUTE)
    challenges.keep(user, challenge, NOW)
    assert challenges.take("another", salt, NOW) is None
    assert challenges.take(user, "another", NOW) is None
    assert challenges.take(user, salt, NOW) == challenge
    assert challenges.take(user, salt, NOW) is None
    challenges.keep(user, challenge, NOW)
    assert challenges.take(user, salt, NOW + MINUTE) is None


def test_of_right_guesses_at_once_one_is_accepted(redis_url: str) -> None:
    phone = Phone(RedisLoginCodes(redis_client(redis_url)))
    phone.issue("one")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: phone.guess("one"), range(8))).count(Guess.RIGHT) == 1


class CountingRedis(Redis):
    calls = 0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        self.calls += 1
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


def test_every_step_is_one_round_trip(redis_url: str) -> None:
    with CountingRedis.from_url(redis_url, decode_responses=True) as redis:
        phone, challenges = Phone(RedisLoginCodes(redis)), RedisChallenges(redis)
        steps = (
            lambda: phone.codes.lives(phone.user, "one", NOW),
            lambda: phone.issue("one"),
            lambda: phone.guess("one"),
            lambda: phone.codes.sent(phone.user, NOW),
            lambda: phone.codes.withdraw(phone.user, "one", NOW, first=True),
            lambda: challenges.keep(phone.user, Challenge("salt", 15, NOW + MINUTE), NOW),
            lambda: challenges.take(phone.user, "salt", NOW),
        )
        for step in steps:  # scripts are loaded now
            step()
        phone.user = uuid4().hex
        for step in steps:
            redis.calls = 0
            step()
            assert redis.calls == 1


def test_nothing_stays_in_redis_for_ever(redis_url: str) -> None:
    redis = redis_client(redis_url)
    phone, challenges = Phone(RedisLoginCodes(redis)), RedisChallenges(redis)
    phone.issue("one", address=phone.address)
    phone.guess("one", "wrong")
    challenges.keep(phone.user, Challenge("salt", 15, NOW + MINUTE), NOW)
    ours = [f"code:{phone.user}:one", f"codes-to:{phone.user}", f"codes-from:{phone.address}", f"challenge:{phone.user}:salt"]
    lives = [redis.ttl(name) for name in [*ours, f"guesses-at:{phone.user}", f"guesses-from:{phone.address}"]]
    assert 295 < lives[0] <= 300
    assert [0 < life <= 86_400 for life in lives] == [True] * 6


def test_without_redis_one_hears_so_at_once() -> None:
    redis = redis_client(f"redis://127.0.0.1:{free_port()}/0")
    phone, challenges = Phone(RedisLoginCodes(redis)), RedisChallenges(redis)
    started = datetime.now(UTC)
    for attempt in (
        lambda: phone.codes.lives(phone.user, "one", NOW),
        lambda: phone.issue("one"),
        lambda: phone.guess("one"),
        lambda: phone.codes.sent(phone.user, NOW),
        lambda: phone.codes.withdraw(phone.user, "one", NOW, first=True),
        lambda: challenges.keep(phone.user, Challenge("salt", 15, NOW + MINUTE), NOW),
        lambda: challenges.take(phone.user, "salt", NOW),
    ):
        with pytest.raises(Unavailable):
            attempt()
    assert datetime.now(UTC) - started < timedelta(seconds=1)
