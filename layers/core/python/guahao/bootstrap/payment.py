"""Joins payments with WeChat Pay and the store of orders, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import QueueUrls, SqsOutbox, postpone
from guahao.adapters.aws.secrets import secret_json
from guahao.adapters.clock import utc_now
from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.bootstrap.orders import order_store
from guahao.runtime import settings
from guahao.usecases.payment import Checkout, Holds, Payments, Settlements


@cache
def payments() -> Payments:
    """Return what follows payments once they are open."""
    return Payments(order_store(), _provider(), utc_now)


@cache
def holds() -> Holds:
    """Return what ends holds."""
    return Holds(payments(), _outbox(QueueUrls(hold_expiry=settings.text("HOLD_EXPIRY_QUEUE"))))


@cache
def settlements() -> Settlements:
    """Return what ends the payments of cancelled orders."""
    return Settlements(payments())


def postpone_settlement(receipt_handle: str, seconds: int) -> None:
    """Let the message of a settlement that failed come again after so many seconds."""
    postpone(client("sqs"), settings.text("SETTLEMENTS_QUEUE"), receipt_handle, seconds)


@cache
def checkout() -> Checkout:
    """Return what opens payments."""
    from guahao.adapters.qr import draw_qr
    from guahao.adapters.redis.client import redis_client
    from guahao.adapters.redis.payment import RedisQrCodes

    codes = RedisQrCodes(redis_client(settings.text("REDIS_URL")))
    return Checkout(payments(), codes, draw_qr)


def _outbox(urls: QueueUrls) -> SqsOutbox:
    return SqsOutbox(client("sqs"), urls)


@cache
def _provider() -> WechatPay:
    notifications = f"{settings.text('PUBLIC_URL')}/api/payments/wechat/notifications"
    secret = secret_json(settings.text("WECHAT_PAY_SECRET"))
    return WechatPay(WechatAccount.from_secret(secret, settings.text("WECHAT_PAY_URL"), notifications))
