"""Queue and stream batches: each record on its own, only the failed ones again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guahao.runtime.logging import correlation_id, get_logger

_log = get_logger("batch")
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def each_message(handle: Callable[[str], None]) -> Handler:
    """Make an SQS handler that gives each body to `handle` and reports the messages that failed."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        failed = [m["messageId"] for m in event["Records"] if not _done(m["messageId"], handle, m["body"])]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}

    return handler


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
