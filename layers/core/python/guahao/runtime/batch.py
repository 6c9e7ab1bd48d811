"""Queue and stream batches: each record on its own, only the failed ones again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guahao.runtime.logging import correlation_id, get_logger

_log = get_logger("batch")
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Postpone = Callable[[str, int], None]

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15, 3600


def each_message(handle: Callable[[str], None], postpone: Postpone | None = None) -> Handler:
    """Make an SQS handler that gives each body to `handle` and reports the messages that failed.

    A failed one comes again when its queue's visibility time-out ends or, with `postpone(receipt_handle, seconds)`, after a growing pause.
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        failed = [message for message in event["Records"] if not _done(message["messageId"], handle, message["body"])]
        if postpone:
            for message in failed:
                _put_off(message, postpone)
        return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in failed]}

    return handler


def pause_seconds(received: int) -> int:
    """Return how long a message that was received so often in vain waits: twice as long each time, an hour at most."""
    return min(FIRST_PAUSE_SECONDS << min(received - 1, 16), LONGEST_PAUSE_SECONDS)


def each_change(handle: Callable[[dict[str, Any]], None]) -> Handler:
    """Make a DynamoDB stream handler that gives each record's images to `handle`, in order.

    It stops at the first failure, because the records behind it must not overtake it.
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        for record in event["Records"]:
            position = record["dynamodb"]["SequenceNumber"]
            if not _done(position, handle, record["dynamodb"]):
                return {"batchItemFailures": [{"itemIdentifier": position}]}
        return {"batchItemFailures": []}

    return handler


def _done(identifier: str, handle: Callable[[Any], None], content: Any) -> bool:
    token = correlation_id.set(identifier)
    try:
        handle(content)
    except Exception:  # noqa: BLE001 - a failed record goes back to its queue or stream, whatever made it fail; the others go on
        _log.exception("a record failed and will be tried again")
        return False
    else:
        _log.info("done")
        return True
    finally:
        correlation_id.reset(token)


def _put_off(message: dict[str, Any], postpone: Postpone) -> None:
    try:
        postpone(message["receiptHandle"], pause_seconds(int(message["attributes"]["ApproximateReceiveCount"])))
    except Exception:  # noqa: BLE001 - without its pause the message still comes again when the queue's own time-out is over
        _log.exception("a pause was not set")
