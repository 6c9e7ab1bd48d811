"""Our queues on SQS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from guahao.adapters.aws.clients import answering, client
from guahao.contracts.messages import QueueMessage
from guahao.domain.errors import Unavailable

LONGEST_DELAY_SECONDS = 900
LARGEST_BATCH = 10
_BATCH_ATTEMPTS = 3
_SERVICE = "A queue of ours"


class SqsOutbox:
    """The outbox; see `ports.outbox.Outbox`. A message without a correlation id gets the ids of what this process is doing."""

    def __init__(self, sqs: Any, addresses: Mapping[str, str], trace: Callable[[], Mapping[str, str]]) -> None:
        """Take the addresses of the queues by their names in messages, and the function that returns the present ids."""
        self._sqs, self._addresses, self._trace = sqs, addresses, trace

    def send(self, message: QueueMessage, delay_seconds: int = 0) -> None:
        delay = min(delay_seconds, LONGEST_DELAY_SECONDS)
        with answering(_SERVICE):
            self._sqs.send_message(QueueUrl=self._addresses[message.queue], MessageBody=self._body(message), DelaySeconds=delay)

    def send_all(self, messages: Iterable[QueueMessage]) -> int:
        sent, waiting = 0, iter(messages)
        while batch := list(islice(waiting, LARGEST_BATCH)):
            _send_batch(self._sqs, self._addresses[batch[0].queue], [self._body(message) for message in batch])
            sent += len(batch)
        return sent

    def _body(self, message: QueueMessage) -> str:
        missing = {name: value for name, value in self._trace().items() if not getattr(message, name)}
        return message.model_copy(update=missing).model_dump_json(by_alias=True)


def _send_batch(sqs: Any, url: str, bodies: list[str]) -> None:
    """Send the batch, and send again what the queue did not accept."""
    left = [{"Id": str(position), "MessageBody": body} for position, body in enumerate(bodies)]
    for _ in range(_BATCH_ATTEMPTS):
        with answering(_SERVICE):
            answer = sqs.send_message_batch(QueueUrl=url, Entries=left)
        failed = {fault["Id"] for fault in answer.get("Failed", [])}
        left = [entry for entry in left if entry["Id"] in failed]
        if not left:
            return
    raise Unavailable("A queue of ours does not take all messages. Send them again in a minute.")


def postpone(queue_arn: str, receipt_handle: str, seconds: int) -> None:
    """Hide a received message in its queue for so many seconds from now."""
    sqs, (account, name) = client("sqs"), queue_arn.split(":")[-2:]
    url = f"{sqs.meta.endpoint_url}/{account}/{name}"
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds)
