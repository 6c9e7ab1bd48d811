"""Code URLs of open payments in Redis."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

# Longer than the provider is waited for.
CLAIM_MILLISECONDS = 10_000


class RedisQrCodes:
    """The code URLs; see `ports.payment.payment.QrCodes` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def claim(self, trade_no: str) -> bool:
        with suppress(RedisError):
            return bool(self._redis.set(f"payment-opening:{trade_no}", "", nx=True, px=CLAIM_MILLISECONDS))
        return True

    def release(self, trade_no: str) -> None:
        with suppress(RedisError):
            self._redis.delete(f"payment-opening:{trade_no}")

    def remember(self, trade_no: str, code_url: str, expires_at: datetime) -> None:
        with suppress(RedisError):
            self._redis.set(_key(trade_no), code_url, pxat=int(expires_at.timestamp() * 1000))

    def recall(self, trade_no: str) -> str | None:
        with suppress(RedisError):
            return cast("str | None", self._redis.get(_key(trade_no)))
        return None


def _key(trade_no: str) -> str:
    return f"payment-code:{trade_no}"
