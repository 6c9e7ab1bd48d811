"""Free-number pools in Redis.

A pool is one sorted set, so that all of it exists or nothing. Its members and scores:

    "7"       7             number 7 is free
    "7"       1795000000000 number 7 is in flight until that millisecond, then free again
    "o:<id>"  -7            the order that took number 7
    "w:7"     -7            number 7 is withdrawn: it is not offered when it comes back
    "opens"   -<ms>         from when numbers are given out; its presence says that the pool is built
    "closes"  -<ms>         until when

A second key has the schedule's data as JSON, so that one call returns everything. Both keys expire after ten minutes, so that errors from
an outage of Redis last no longer. A third key counts how often the pool was invalidated, so that nobody builds it from older data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from guahao.domain.booking.bookable import BookableSchedule, HalfDay, ScheduleState
from guahao.domain.booking.order_states import NumberState
from guahao.domain.booking.orders import Number
from guahao.domain.errors import PoolUnavailable
from guahao.ports.booking.number_pool import Outcome, Take

IN_FLIGHT_MILLISECONDS = 60_000
LIFE_MILLISECONDS = 600_000
# Far longer than the time between reading the epoch and building the pool.
EPOCH_SECONDS = 3600
# Scores up to this one are numbers; higher scores are moments.
HIGHEST_NUMBER = 100_000

_TAKE = """
local opens = redis.call('ZSCORE', KEYS[1], 'opens')
local facts = redis.call('GET', KEYS[2])
if not opens or not facts then return {'unbuilt', 0, ''} end
local mine = redis.call('ZSCORE', KEYS[1], 'o:' .. ARGV[1])
if mine then return {'mine', -tonumber(mine), facts} end
local now = tonumber(ARGV[2])
if now < -tonumber(opens) or now >= -tonumber(redis.call('ZSCORE', KEYS[1], 'closes')) then return {'shut', 0, facts} end
local found = redis.call('ZRANGEBYSCORE', KEYS[1], 1, ARGV[4], 'LIMIT', 0, 1)
if #found == 0 then found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[4], now, 'LIMIT', 0, 1) end
if #found == 0 then return {'soldOut', 0, facts} end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), found[1], -tonumber(found[1]), 'o:' .. ARGV[1])
return {'taken', tonumber(found[1]), facts}
"""

_BUILD = """
if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[3] then return 0 end
if redis.call('ZSCORE', KEYS[1], 'opens') and redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('DEL', KEYS[1])
for i = 4, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
"""

# Only a number in flight is offered again: a number that is not in the pool has an owner by now.
_GIVE_BACK = """
redis.call('ZREM', KEYS[1], 'o:' .. ARGV[2])
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if score and tonumber(score) > tonumber(ARGV[3]) then redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1]) end
return 1
"""

# A pool that is not built gets nothing: whoever builds it reads the number as free.
_PUT_BACK = """
if redis.call('ZSCORE', KEYS[1], 'opens') and not redis.call('ZSCORE', KEYS[1], 'w:' .. ARGV[1]) then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[1])
end
return 1
"""


class RedisNumberPool:
    """The number pools; see `ports.booking.number_pool.NumberPool` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = redis.register_script(_TAKE)
        self._build = redis.register_script(_BUILD)
        self._give_back = redis.register_script(_GIVE_BACK)
        self._put_back = redis.register_script(_PUT_BACK)

    def take(self, schedule_id: str, order_id: str, now: datetime) -> Take:
        arguments = [order_id, milliseconds(now), IN_FLIGHT_MILLISECONDS, HIGHEST_NUMBER]
        outcome, number, facts = self._run(self._take, _keys(schedule_id), arguments)
        return Take(Outcome(outcome), int(number), _schedule(facts) if facts else None)

    def epochs(self, schedule_ids: Sequence[str]) -> list[int]:
        try:
            return [int(epoch or 0) for epoch in self._redis.mget([_epoch(schedule_id) for schedule_id in schedule_ids])]
        except RedisError as error:
            raise pool_unavailable() from error

    def build(self, schedule: BookableSchedule, numbers: Sequence[Number], epoch: int) -> None:
        opens, closes = (milliseconds(schedule.opens_at), milliseconds(schedule.closes_at)) if schedule.sells else (0, 0)
        members: list[Any] = [-opens, "opens", -closes, "closes"]
        for number in numbers:
            if number.state is NumberState.FREE:
                members += [number.number, number.number]
            elif number.order_id:
                members += [-number.number, f"o:{number.order_id}"]
            if number.withdrawn:
                members += [-number.number, f"w:{number.number}"]
        keys = [*_keys(schedule.schedule_id), _epoch(schedule.schedule_id)]
        self._run(self._build, keys, [_facts(schedule), LIFE_MILLISECONDS, epoch, *members])

    def invalidate(self, schedule_ids: Sequence[str]) -> None:
        pipeline = self._redis.pipeline(transaction=False)
        for schedule_id in schedule_ids:
            # The epoch first: a build that has begun must not succeed after the pool is gone.
            pipeline.incr(_epoch(schedule_id))
            pipeline.expire(_epoch(schedule_id), EPOCH_SECONDS)
            pipeline.delete(*_keys(schedule_id))
        try:
            pipeline.execute()
        except RedisError as error:
            raise pool_unavailable() from error

    def confirm(self, schedule_id: str, number: int) -> None:
        try:
            self._redis.zrem(pool_key(schedule_id), number)
        except RedisError as error:
            raise pool_unavailable() from error

    def give_back(self, schedule_id: str, number: int, order_id: str) -> None:
        self._run(self._give_back, [pool_key(schedule_id)], [number, order_id, HIGHEST_NUMBER])

    def discard(self, schedule_id: str, number: int, order_id: str) -> None:
        try:
            self._redis.zrem(pool_key(schedule_id), number, f"o:{order_id}")
        except RedisError as error:
            raise pool_unavailable() from error

    def put_back(self, schedule_id: str, number: int) -> None:
        self._run(self._put_back, [pool_key(schedule_id)], [number])

    def free_counts(self, schedule_ids: Sequence[str], now: datetime) -> list[int | None]:
        pipeline = self._redis.pipeline(transaction=False)
        for schedule_id in schedule_ids:
            pool = pool_key(schedule_id)
            pipeline.zscore(pool, "opens")
            # Those in flight for too long are given out again too.
            pipeline.zcount(pool, 1, milliseconds(now))
        try:
            answers = pipeline.execute()
        except RedisError as error:
            raise pool_unavailable() from error
        return [count if built is not None else None for built, count in zip(answers[::2], answers[1::2], strict=True)]

    def _run(self, script: Any, keys: list[str], arguments: list[Any]) -> Any:
        try:
            return script(keys=keys, args=arguments)
        except RedisError as error:
            raise pool_unavailable() from error


def pool_key(schedule_id: str) -> str:
    """Return the key of the schedule's pool."""
    return f"pool:{{{schedule_id}}}"


def milliseconds(moment: datetime) -> int:
    """Return the moment in milliseconds since 1970, the pools' unit of time."""
    return int(moment.timestamp() * 1000)


def pool_unavailable() -> PoolUnavailable:
    """Return the error for a failure of Redis."""
    return PoolUnavailable("The number pool does not answer. Send the same request again.")


def _keys(schedule_id: str) -> list[str]:
    return [pool_key(schedule_id), f"schedule:{{{schedule_id}}}"]  # the braces keep both on one node of a cluster


def _epoch(schedule_id: str) -> str:
    return f"epoch:{{{schedule_id}}}"


def _facts(schedule: BookableSchedule) -> str:
    values = {field.name: getattr(schedule, field.name) for field in fields(schedule)}
    return json.dumps(values, ensure_ascii=False, default=lambda value: value.isoformat())


def _schedule(facts: str) -> BookableSchedule:
    values = json.loads(facts)
    moments = {name: datetime.fromisoformat(values[name]).astimezone(UTC) for name in ("opens_at", "closes_at", "quit_until")}
    enums = {"half_day": HalfDay(values["half_day"]), "state": ScheduleState(values["state"])}
    return BookableSchedule(**{**values, **moments, **enums, "date": date.fromisoformat(values["date"])})
