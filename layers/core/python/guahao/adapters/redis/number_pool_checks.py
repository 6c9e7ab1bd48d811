"""The number pools for their checks; `adapters.redis.number_pool` describes the keys of a pool."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from guahao.adapters.redis.number_pool import HIGHEST_NUMBER, milliseconds, pool_key, pool_unavailable
from guahao.ports.booking.number_pool_checks import PoolContent

# The place where the last walk over all keys stopped, kept for far longer than the time between two runs.
_WALK, _WALK_SECONDS = "pools:walk", 3600
_KEYS_AT_ONCE = 1000
_BEFORE, _BEHIND = pool_key("\0").split("\0")

_OFFER = """
local offered = {}
if not redis.call('ZSCORE', KEYS[1], 'opens') then return offered end
for _, number in ipairs(ARGV) do
  if redis.call('ZADD', KEYS[1], 'NX', number, number) == 1 then table.insert(offered, number) end
end
return offered
"""

# A free number's score is lower than any moment; a number in flight has the moment from which it is offered again.
_WITHDRAW = """
local withdrawn = {}
for i = 2, #ARGV do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score and tonumber(score) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[i])
    table.insert(withdrawn, ARGV[i])
  end
end
return withdrawn
"""


class RedisPools:
    """The pools; see `ports.booking.number_pool_checks.Pools` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._offer = redis.register_script(_OFFER)
        self._withdraw = redis.register_script(_WITHDRAW)

    def built(self) -> Iterator[str]:
        with _answering():
            cursor = int(self._redis.get(_WALK) or 0)
        keys: Any  # the library's types allow for answers that it does not decode
        while True:
            with _answering():
                cursor, keys = self._redis.scan(cursor, match=f"{_BEFORE}*", count=_KEYS_AT_ONCE)
            yield from (key.removeprefix(_BEFORE).removesuffix(_BEHIND) for key in keys)
            with _answering():
                self._redis.set(_WALK, cursor, ex=_WALK_SECONDS)
            if cursor == 0:
                return

    def content(self, schedule_id: str, now: datetime) -> PoolContent:
        with _answering():
            found: Any = self._redis.zrangebyscore(pool_key(schedule_id), 1, "+inf", withscores=True)
        taken = {int(member): score for member, score in found if score > HIGHEST_NUMBER}
        overdue = frozenset(number for number, until in taken.items() if until <= milliseconds(now))
        free = frozenset(int(member) for member, score in found if score <= HIGHEST_NUMBER)
        return PoolContent(free, frozenset(taken) - overdue, overdue)

    def offer(self, schedule_id: str, numbers: Collection[int]) -> list[int]:
        with _answering():
            return [int(number) for number in self._offer(keys=[pool_key(schedule_id)], args=sorted(numbers))]

    def withdraw(self, schedule_id: str, numbers: Collection[int], now: datetime) -> list[int]:
        with _answering():
            withdrawn = self._withdraw(keys=[pool_key(schedule_id)], args=[milliseconds(now), *sorted(numbers)])
        return [int(number) for number in withdrawn]


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise pool_unavailable() from error
