"""Login codes and their limits in Redis; each method is one round trip.

    code:<user id>         the code that is valid: its digest, the guesses left, the millisecond at which it ends
    codes-to:<user id>     when codes were issued for the phone, newest first
    codes-from:<address>   when codes were issued to the address, newest first

A user id is made from a phone's fingerprint, so no key reveals a phone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError

from guahao.domain.errors import TooMany, Unavailable
from guahao.domain.people.accounts import LoginCodeLimits

# With `most` codes in each `window`, the most-th newest must be a window old. Of several limits reached, the last to end is reported.
_ISSUE = """
local now, minute, hour, day = tonumber(ARGV[1]), 60000, 3600000, 86400000
local rule, healed = '', now
local function weigh(name, times, most, window)
  local nth = redis.call('LINDEX', times, most - 1)
  if nth and nth + window > healed then rule, healed = name, nth + window end
end
local function count(times, most, window)
  redis.call('LPUSH', times, ARGV[1])
  redis.call('LTRIM', times, 0, most - 1)
  redis.call('PEXPIRE', times, window)
end
weigh('loginCodesPerMinute', KEYS[2], ARGV[5], minute)
weigh('loginCodesPerDay', KEYS[2], ARGV[6], day)
weigh('loginCodesPerAddressHour', KEYS[3], ARGV[7], hour)
if rule ~= '' then return {rule, healed} end
count(KEYS[2], math.max(ARGV[5], ARGV[6]), day)
count(KEYS[3], ARGV[7], hour)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'digest', ARGV[2], 'left', ARGV[3], 'ends', now + ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'', 0}
"""

_CHECK = """
local code = redis.call('HMGET', KEYS[1], 'digest', 'ends')
if not code[1] then return 0 end
if code[1] == ARGV[1] and tonumber(ARGV[2]) < tonumber(code[2]) then
  redis.call('DEL', KEYS[1])
  return 1
end
if redis.call('HINCRBY', KEYS[1], 'left', -1) <= 0 then redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisLoginCodes:
    """The login codes; see `ports.people.accounts.LoginCodes` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._issue = redis.register_script(_ISSUE)
        self._check = redis.register_script(_CHECK)

    def issue(self, user_id: str, address: str, digest: str, limits: LoginCodeLimits, now: datetime) -> None:
        """Replace the account's code, or change nothing and raise TooMany with the limit that ends last."""
        keys = [_code(user_id), f"codes-to:{user_id}", f"codes-from:{address}"]
        most = [limits.per_phone_minute, limits.per_phone_day, limits.per_address_hour]
        try:
            rule, healed = self._issue(keys, [_milliseconds(now), digest, limits.attempts, limits.lifetime_seconds * 1000, *most])
        except RedisError as error:
            raise _unavailable() from error
        if rule:
            retry_at = datetime.fromtimestamp(healed / 1000, UTC)
            raise TooMany("Too many login codes were asked for. Wait until `retryAt`.", rule=rule, retry_at=retry_at)

    def check(self, user_id: str, digest: str, now: datetime) -> bool:
        """Tell whether this is the account's valid code. A right guess uses it up, and too many wrong guesses end it."""
        try:
            return bool(self._check([_code(user_id)], [digest, _milliseconds(now)]))
        except RedisError as error:
            raise _unavailable() from error

    def withdraw(self, user_id: str) -> None:
        """End the account's code; it still counts against the limits."""
        try:
            self._redis.delete(_code(user_id))
        except RedisError as error:
            raise _unavailable() from error


def _code(user_id: str) -> str:
    return f"code:{user_id}"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _unavailable() -> Unavailable:
    return Unavailable("Nobody can log in just now: the store of login codes does not answer. Try again in a minute.")
