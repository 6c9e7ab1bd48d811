"""Joins the morning's reminders with the index of orders and their queue, once for each process."""

from __future__ import annotations

from functools import cache

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import SqsQueue
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.order_index import DynamoOrderIndex
from guahao.runtime import settings
from guahao.usecases.reminders import Reminders


@cache
def reminders() -> Reminders:
    """Return what asks for the day's reminders."""
    return Reminders(DynamoOrderIndex(settings.text("ORDERS_TABLE")), SqsQueue(client("sqs"), settings.text("REMINDERS_QUEUE")), utc_now)
