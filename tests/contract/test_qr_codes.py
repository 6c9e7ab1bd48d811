"""The memory of payment codes: one at a time asks for a code, and a memory that is gone stops nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from redis import Redis

from guahao.adapters.redis.client import redis_client
from guahao.adapters.redis.payment import RedisQrCodes
from guahao.ports.payment.payment import QrCodes
from tests.servers import free_port


def test_one_at_a_time_asks_for_a_code(redis_url: str) -> None:
    redis = Redis.from_url(redis_url, decode_responses=True)
    codes: QrCodes = RedisQrCodes(redis)
    trade_no = uuid4().hex
    assert [codes.claim(trade_no), codes.claim(trade_no)] == [True, False]
    # A process that dies keeps nobody waiting for long.
    assert 0 < redis.pttl(f"payment-opening:{trade_no}") <= 10_000  # type: ignore[operator]
    codes.release(trade_no)
    assert codes.claim(trade_no)


def test_a_code_is_recalled_until_it_expires(redis_url: str) -> None:
    codes = RedisQrCodes(Redis.from_url(redis_url, decode_responses=True))
    trade_no, now = uuid4().hex, datetime.now(UTC)
    codes.remember(trade_no, "weixin://1", now + timedelta(minutes=1))
    assert codes.recall(trade_no) == "weixin://1"
    codes.remember(trade_no, "weixin://2", now - timedelta(minutes=1))
    assert codes.recall(trade_no) is None


def test_a_memory_that_does_not_answer_lets_everybody_ask() -> None:
    codes = RedisQrCodes(redis_client(f"redis://127.0.0.1:{free_port()}"))
    assert [codes.claim("t1"), codes.claim("t1")] == [True, True]
    codes.release("t1")
    codes.remember("t1", "weixin://1", datetime.now(UTC))
    assert codes.recall("t1") is None
