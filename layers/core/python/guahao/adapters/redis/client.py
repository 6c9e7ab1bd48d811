"""The Redis client of a process."""

from __future__ import annotations

from functools import cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

Client = Redis


@cache
def redis_client(url: str) -> Client:
    """Return the process's client. It fails fast and never retries, because every caller knows what to do without Redis."""
    return Redis.from_url(
        url,
        decode_responses=True,
        protocol=2,
        socket_connect_timeout=0.3,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
        # This saves two commands on each new connection, which servers before 7.2 refuse anyway.
        driver_info=None,
    )
