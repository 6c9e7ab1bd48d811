"""Code URLs of open payments in Redis."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import cast

from redis import Redis
from redis.exceptions import RedisError


class RedisQrCodes:
    """The code URLs; see `ports.payment.payment.QrCodes` for what each method promises."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def remember(self, trade_no: str, code_url: str, expires_at: datetime) -> None:
        with suppress(RedisError):
            self._redis.set(_key(trade_no), code_url, pxat=int(expires_at.timestamp() * 1000))

    def recall(self, trade_no: str) -> str | None:
        with suppress(RedisError):
            return cast("str | None", self._redis.get(_key(trade_no)))
        return None


def _key(trade_no: str) -> str:
    return f"payment-code:{trade_no}"
