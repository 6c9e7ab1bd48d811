"""Nonces and publication locks of hospitals in Redis.

    nonce:<hospital code>:<nonce>    the hospital used the nonce
    publishing:<hospital code>       a publication of the hospital is being handled

Both keys expire.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import Redis
from redis.exceptions import RedisError

from guahao.domain.errors import Unavailable
from guahao.domain.hospitals.signing import WINDOW_SECONDS

# A signature is valid from five minutes before its time to five minutes after; a little more, because clocks differ.
NONCE_SECONDS = 2 * WINDOW_SECONDS + 60
# Longer than any function runs, so that the lock of a killed one expires.
TURN_SECONDS = 30
WAIT_SECONDS = 5


class RedisNonces:
    """The nonces; see `ports.hospitals.partners.Nonces` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def use(self, hospital_code: str, nonce: str) -> bool:
        try:
            return bool(self._redis.set(f"nonce:{hospital_code}:{nonce}", 1, nx=True, ex=NONCE_SECONDS))
        except RedisError as error:
            raise _unavailable() from error


class RedisPublicationLock:
    """The publication lock; see `ports.hospitals.partners.PublicationLock` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @contextmanager
    def of(self, hospital_code: str) -> Iterator[None]:
        """Hold the hospital's lock; if it was lost meanwhile, the work that was done still stands."""
        lock = self._redis.lock(f"publishing:{hospital_code}", TURN_SECONDS, sleep=0.05, blocking_timeout=WAIT_SECONDS)
        try:
            taken = lock.acquire()
        except RedisError as error:
            raise _unavailable() from error
        if not taken:
            raise Unavailable("What your hospital sent before is still being handled. Send this again in a few seconds.")
        try:
            yield
        finally:
            with suppress(RedisError):
                lock.release()


def _unavailable() -> Unavailable:
    return Unavailable("The gateway for hospitals does not work just now. Send the same request again in a minute, signed anew.")
