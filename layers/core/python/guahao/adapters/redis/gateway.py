"""What the gateway remembers of hospitals for a short while, in Redis.

    nonce:<hospital code>:<nonce>    the hospital used the nonce
    publishing:<hospital code>       something that the hospital publishes is being worked on

Both end by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import Redis
from redis.exceptions import RedisError

from guahao.domain.errors import Unavailable
from guahao.domain.signing import WINDOW_SECONDS

# A signature is good from five minutes before its time to five minutes after; a little more, because no two clocks are the same.
NONCE_SECONDS = 2 * WINDOW_SECONDS + 60
# No function works for longer; the turn of one that died is over by then.
TURN_SECONDS = 30
WAIT_SECONDS = 5


class RedisNonces:
    """The nonces used; see `ports.gateway.Nonces`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def use(self, hospital_code: str, nonce: str) -> bool:
        try:
            return bool(self._redis.set(f"nonce:{hospital_code}:{nonce}", 1, nx=True, ex=NONCE_SECONDS))
        except RedisError as error:
            raise _unavailable() from error


class RedisTurns:
    """Whose turn it is; see `ports.gateway.Turns`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @contextmanager
    def of(self, hospital_code: str) -> Iterator[None]:
        """Keep the hospital's turn; that it went away meanwhile is no fault of the work that was done."""
        lock = self._redis.lock(f"publishing:{hospital_code}", TURN_SECONDS, sleep=0.05, blocking_timeout=WAIT_SECONDS)
        try:
            taken = lock.acquire()
        except RedisError as error:
            raise _unavailable() from error
        if not taken:
            raise Unavailable("What your hospital sent before is still being worked on. Send this again in a few seconds.")
        try:
            yield
        finally:
            with suppress(RedisError):
                lock.release()


def _unavailable() -> Unavailable:
    return Unavailable("The gateway for hospitals does not work just now. Send the same request again in a minute, signed anew.")
