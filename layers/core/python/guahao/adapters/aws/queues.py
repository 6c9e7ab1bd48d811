"""Messages to our own queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guahao.adapters.aws.clients import answering
from guahao.contracts import Message
from guahao.contracts.orders import NoticeKind, NoticeMessage, OrderMessage

LONGEST_DELAY_SECONDS = 900


@dataclass(frozen=True)
class QueueUrls:
    hold_expiry: str = ""
    hospital_calls: str = ""
    sms: str = ""
    settlements: str = ""
    suspensions: str = ""


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

    def settle(self, order_id: str, delay_seconds: int = 0) -> None:
        self._send(self._urls.settlements, OrderMessage(order_id=order_id), min(delay_seconds, LONGEST_DELAY_SECONDS))

    def suspend(self, schedule_id: str, delay_seconds: int = 0) -> None:
        from guahao.contracts.gateway import SuspensionMessage

        self._send(self._urls.suspensions, SuspensionMessage(schedule_id=schedule_id), delay_seconds)

    def _send(self, url: str, message: Message, delay_seconds: int = 0) -> None:
        send_message(self._sqs, url, message, delay_seconds)


def send_message(sqs: Any, url: str, message: Message, delay_seconds: int = 0) -> None:
    """Put the message into the queue."""
    with answering("A queue of ours"):
        sqs.send_message(QueueUrl=url, MessageBody=message.model_dump_json(by_alias=True), DelaySeconds=delay_seconds)


def postpone(sqs: Any, queue_url: str, receipt_handle: str, seconds: int) -> None:
    """Hide a message that was received for so many seconds from now."""
    sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
