"""Messages to our own queues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from guahao.adapters.aws.clients import answering
from guahao.contracts import Message
from guahao.contracts.orders import NoticeKind, NoticeMessage, OrderMessage
from guahao.domain.errors import Unavailable

LONGEST_DELAY_SECONDS = 900
LARGEST_BATCH = 10
_BATCH_ATTEMPTS = 3


@dataclass(frozen=True)
class QueueUrls:
    hold_expiry: str = ""
    hospital_calls: str = ""
    sms: str = ""
    settlements: str = ""
    suspensions: str = ""
    statistics: str = ""


class SqsOutbox:
    """The outbox on SQS; see `ports.outbox`."""

    def __init__(self, sqs: Any, urls: QueueUrls) -> None:
        self._sqs = sqs
        self._urls = urls

    def expire_hold(self, order_id: str, delay_seconds: int) -> None:
        # SQS waits a quarter of an hour at most; the handler sends what comes too early round again.
        self._send(self._urls.hold_expiry, OrderMessage(order_id=order_id), min(delay_seconds, LONGEST_DELAY_SECONDS))

    def tell_hospital(self, order_id: str) -> None:
        self._send(self._urls.hospital_calls, OrderMessage(order_id=order_id))

    def notify(self, order_id: str, kind: NoticeKind) -> None:
        self._send(self._urls.sms, NoticeMessage(order_id=order_id, kind=kind))

    def settle(self, order_id: str) -> None:
        self._send(self._urls.settlements, OrderMessage(order_id=order_id))

    def count(self, order_id: str) -> None:
        self._send(self._urls.statistics, OrderMessage(order_id=order_id))

    def suspend(self, schedule_id: str, delay_seconds: int = 0) -> None:
        from guahao.contracts.gateway import SuspensionMessage

        self._send(self._urls.suspensions, SuspensionMessage(schedule_id=schedule_id), delay_seconds)

    def _send(self, url: str, message: Message, delay_seconds: int = 0) -> None:
        send_message(self._sqs, url, message, delay_seconds)


class SqsQueue:
    """One queue; see `ports.outbox.Queue`."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def put(self, messages: Iterable[Message]) -> int:
        return send_messages(self._sqs, self._url, messages)


def send_message(sqs: Any, url: str, message: Message, delay_seconds: int = 0) -> None:
    """Put the message into the queue."""
    with answering("A queue of ours"):
        sqs.send_message(QueueUrl=url, MessageBody=message.model_dump_json(by_alias=True), DelaySeconds=delay_seconds)


def send_messages(sqs: Any, url: str, messages: Iterable[Message]) -> int:
    """Put all the messages into the queue, ten at a time, and return how many, or raise Unavailable with some of them in it."""
    sent, bodies = 0, (message.model_dump_json(by_alias=True) for message in messages)
    while batch := list(islice(bodies, LARGEST_BATCH)):
        _send_batch(sqs, url, batch)
        sent += len(batch)
    return sent


def _send_batch(sqs: Any, url: str, bodies: list[str]) -> None:
    """Send the batch, and again those of it that the queue did not take."""
    left = [{"Id": str(position), "MessageBody": body} for position, body in enumerate(bodies)]
    for _ in range(_BATCH_ATTEMPTS):
        with answering("A queue of ours"):
            answer = sqs.send_message_batch(QueueUrl=url, Entries=left)
        failed = {fault["Id"] for fault in answer.get("Failed", [])}
        left = [entry for entry in left if entry["Id"] in failed]
        if not left:
            return
    raise Unavailable("A queue of ours does not take all messages. Send them again in a minute.")


def postpone(sqs: Any, queue_url: str, receipt_handle: str, seconds: int) -> None:
    """Hide a message that was received for so many seconds from now."""
    sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
