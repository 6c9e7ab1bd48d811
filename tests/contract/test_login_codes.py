"""The memory of login codes keeps its promises, in this process and in Redis."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.login_codes import RedisLoginCodes
from guahao.domain.errors import TooMany, Unavailable
from guahao.domain.people.accounts import LoginCodeLimits
from guahao.ports.people.accounts import LoginCodes
from tests.fakes.accounts import FakeLoginCodes
from tests.servers import free_port

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LIMITS = LoginCodeLimits(per_address_hour=3)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["fake", "redis"])
def codes(request: pytest.FixtureRequest) -> LoginCodes:
    if request.param == "fake":
        return FakeLoginCodes()
    return RedisLoginCodes(redis_client(request.getfixturevalue("redis_url")))


@pytest.fixture
def user() -> str:
    return uuid4().hex


@pytest.fixture
def address() -> str:
    return uuid4().hex


def refusal_of(
    codes: LoginCodes, user: str, address: str, now: datetime, limits: LoginCodeLimits = LIMITS
) -> tuple[str | None, datetime | None]:
    with pytest.raises(TooMany) as refusal:
        codes.issue(user, address, "refused", limits, now)
    return refusal.value.rule, refusal.value.retry_at


def test_the_right_digest_is_accepted_once(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    assert codes.check(user, "right", NOW)
    assert not codes.check(user, "right", NOW)


def test_no_code_no_entry(codes: LoginCodes, user: str) -> None:
    assert not codes.check(user, "right", NOW)


def test_a_code_ends_with_its_lifetime(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    assert not codes.check(user, "right", NOW + timedelta(seconds=300))
    codes.issue(user, address, "next", LIMITS, NOW + MINUTE)
    assert codes.check(user, "next", NOW + MINUTE + timedelta(milliseconds=299_999))


def test_wrong_guesses_kill_the_code_at_the_limit(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    assert not any(codes.check(user, "wrong", NOW) for _ in range(5))
    assert not codes.check(user, "right", NOW)


def test_one_wrong_guess_less_leaves_the_code_alive(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    assert not any(codes.check(user, "wrong", NOW) for _ in range(4))
    assert codes.check(user, "right", NOW)


def test_a_new_code_has_all_its_guesses(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "old", LIMITS, NOW)
    assert not any(codes.check(user, "wrong", NOW) for _ in range(4))
    codes.issue(user, address, "new", LIMITS, NOW + MINUTE)
    assert not codes.check(user, "old", NOW + MINUTE)
    assert codes.check(user, "new", NOW + MINUTE)


def test_a_withdrawn_code_is_dead_but_counted(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    codes.withdraw(user)
    assert not codes.check(user, "right", NOW)
    assert refusal_of(codes, user, address, NOW) == ("loginCodesPerMinute", NOW + MINUTE)


def test_one_code_a_minute(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    almost = NOW + timedelta(milliseconds=59_999)
    assert refusal_of(codes, user, address, almost) == ("loginCodesPerMinute", NOW + MINUTE)
    assert codes.check(user, "right", almost)
    codes.issue(user, address, "next", LIMITS, NOW + MINUTE)


def test_ten_codes_in_any_day(codes: LoginCodes, user: str) -> None:
    for n in range(10):
        codes.issue(user, f"{user}{n}", "right", LIMITS, NOW + timedelta(hours=n))
    last = NOW + timedelta(hours=9)
    assert refusal_of(codes, user, "elsewhere", last + timedelta(hours=1)) == ("loginCodesPerDay", NOW + timedelta(days=1))
    codes.issue(user, "elsewhere", "right", LIMITS, NOW + timedelta(days=1))
    assert refusal_of(codes, user, "elsewhere", NOW + timedelta(days=1, minutes=2))[1] == NOW + timedelta(days=1, hours=1)


def test_an_address_is_counted_over_all_phones(codes: LoginCodes, address: str) -> None:
    for n in range(3):
        codes.issue(uuid4().hex, address, "right", LIMITS, NOW + n * MINUTE)
    assert refusal_of(codes, uuid4().hex, address, NOW + 3 * MINUTE) == ("loginCodesPerAddressHour", NOW + timedelta(hours=1))
    codes.issue(uuid4().hex, address, "right", LIMITS, NOW + timedelta(hours=1))


def test_the_limit_that_heals_last_is_told(codes: LoginCodes, user: str, address: str) -> None:
    limits = LoginCodeLimits(per_address_hour=1)
    codes.issue(user, address, "right", limits, NOW)
    assert refusal_of(codes, user, address, NOW, limits) == ("loginCodesPerAddressHour", NOW + timedelta(hours=1))


def test_a_refusal_counts_against_nobody(codes: LoginCodes, user: str, address: str) -> None:
    codes.issue(user, address, "right", LIMITS, NOW)
    for _ in range(5):
        refusal_of(codes, user, address, NOW)
    codes.issue(uuid4().hex, address, "right", LIMITS, NOW)


def test_of_requests_at_once_one_is_served(codes: LoginCodes, user: str, address: str) -> None:
    def issue(n: int) -> bool:
        try:
            codes.issue(user, f"{address}{n}", "right", LIMITS, NOW)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(issue, range(8))) == 1


def test_of_right_guesses_at_once_one_is_accepted(redis_url: str, user: str, address: str) -> None:
    codes = RedisLoginCodes(redis_client(redis_url))
    codes.issue(user, address, "right", LIMITS, NOW)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: codes.check(user, "right", NOW), range(8))) == 1


class CountingRedis(Redis):
    calls = 0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        self.calls += 1
        return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]


def test_every_step_is_one_round_trip(redis_url: str, user: str, address: str) -> None:
    with CountingRedis.from_url(redis_url, decode_responses=True) as redis:
        codes = RedisLoginCodes(redis)
        codes.issue(uuid4().hex, uuid4().hex, "scripts are loaded now", LIMITS, NOW)
        codes.check(user, "and this one", NOW)
        redis.calls = 0
        codes.issue(user, address, "right", LIMITS, NOW)
        assert redis.calls == 1
        codes.check(user, "right", NOW)
        assert redis.calls == 2


def test_nothing_stays_in_redis_for_ever(redis_url: str, user: str, address: str) -> None:
    redis = redis_client(redis_url)
    RedisLoginCodes(redis).issue(user, address, "right", LIMITS, NOW)
    lives = {name: redis.ttl(name) for name in (f"code:{user}", f"codes-to:{user}", f"codes-from:{address}")}
    assert [295 < lives[f"code:{user}"] <= 300, *(0 < life <= 86_400 for life in lives.values())] == [True] * 4


def test_without_redis_one_hears_so_at_once(user: str, address: str) -> None:
    codes = RedisLoginCodes(redis_client(f"redis://127.0.0.1:{free_port()}/0"))
    started = datetime.now(UTC)
    for attempt in (
        lambda: codes.issue(user, address, "right", LIMITS, NOW),
        lambda: codes.check(user, "right", NOW),
        lambda: codes.withdraw(user),
    ):
        with pytest.raises(Unavailable):
            attempt()
    assert datetime.now(UTC) - started < timedelta(seconds=1)
