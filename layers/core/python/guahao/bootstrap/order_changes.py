"""Joins the orders' stream with queues and pools, once for each process."""

from __future__ import annotations

from functools import cache
from typing import Any

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import QueueUrls, SqsOutbox
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.orders import order_of_image
from guahao.adapters.redis.booking import RedisNumberPool
from guahao.adapters.redis.client import redis_client
from guahao.runtime import settings
from guahao.usecases.order_changes import OrderChanges


def follow_images(images: dict[str, Any]) -> None:
    """Do what follows from one record of the stream; a deleted order has no consequences."""
    if "NewImage" in images:
        before = order_of_image(images["OldImage"]) if "OldImage" in images else None
        _order_changes().follow(before, order_of_image(images["NewImage"]))


@cache
def _order_changes() -> OrderChanges:
    urls = QueueUrls(
        hold_expiry=settings.text("HOLD_EXPIRY_QUEUE"),
        hospital_calls=settings.text("HOSPITAL_CALLS_QUEUE"),
        sms=settings.text("SMS_QUEUE"),
        settlements=settings.text("SETTLEMENTS_QUEUE"),
        statistics=settings.text("STATISTICS_QUEUE"),
    )
    return OrderChanges(SqsOutbox(client("sqs"), urls), RedisNumberPool(redis_client(settings.text("REDIS_URL"))), utc_now)
