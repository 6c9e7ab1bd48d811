"""Batches of queues and streams: each record is handled on its own, and only failed records are repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, TypeVar

from pydantic import BaseModel

from guahao.runtime.correlation import tracing
from guahao.runtime.logging import get_logger

_log = get_logger("batch")
Body = TypeVar("Body", bound=BaseModel)
Entity = TypeVar("Entity")
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Postpone = Callable[[str, str, int], None]
"""Hide a message, by its queue's ARN and its receipt handle, for so many seconds."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15, 3600
_TRACE = ("correlation_id", "origin_id")


def each_message(kind: type[Body], handle: Callable[[Body], object], postpone: Postpone | None = None) -> Handler:
    """Return an SQS handler that gives each message, parsed as its kind, to `handle` and reports the failed ones.

    A failed message comes again when its queue's visibility time-out ends or, with `postpone`, after a growing pause.
    """

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        failed = [message for message in event["Records"] if not _is_handled(message, kind, handle)]
        if postpone:
            for message in failed:
                _put_off(message, kind, postpone)
        return {"batchItemFailures": [{"itemIdentifier": message["messageId"]} for message in failed]}

    return handler


def pause_seconds(received: int) -> int:
    """Return the pause of a message that was received so often in vain: it doubles each time, up to an hour."""
    return min(FIRST_PAUSE_SECONDS << min(received - 1, 16), LONGEST_PAUSE_SECONDS)


def each_change(read: Callable[[dict[str, Any]], Entity], follow: Callable[[Entity | None, Entity], None]) -> Handler:
    """Return a DynamoDB stream handler that calls `follow` for each change, in order, with the entity before and after.

    Removals are ignored. It stops at the first failure, because later records must not overtake the failed one.
    """

    def handle(change: dict[str, Any]) -> None:
        if "NewImage" in change:
            follow(read(change["OldImage"]) if "OldImage" in change else None, read(change["NewImage"]))

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        for record in event["Records"]:
            if not _is_followed(record, handle):
                return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        return {"batchItemFailures": []}

    return handler


def _is_followed(record: dict[str, Any], handle: Callable[[dict[str, Any]], None]) -> bool:
    change = record["dynamodb"]
    written = change.get("NewImage", {})
    trace = {name: written.get(name, {}).get("S", "") for name in _TRACE}
    keys = [next(iter(value.values())) for value in change.get("Keys", {}).values()]
    told = {"table": "".join(record.get("eventSourceARN", "").split("/")[1:2]), "keys": keys}
    return _is_done(lambda: handle(change), trace, change["SequenceNumber"], told)


def _is_handled(message: dict[str, Any], kind: type[Body], handle: Callable[[Body], object]) -> bool:
    ids = _ids(kind, message["body"])
    trace = {"correlation_id": ids.pop("correlationId", ""), "origin_id": ids.pop("originId", "")}
    told = {"queue": message.get("eventSourceARN", "").rpartition(":")[2], **ids}
    return _is_done(lambda: handle(kind.model_validate_json(message["body"])), trace, message["messageId"], told)


def _ids(kind: type[Body], body: str) -> dict[str, str]:
    """Return the ids in a message, none if it cannot be parsed, because then they may be anything."""
    try:
        fields = kind.model_validate_json(body).model_dump(mode="json", by_alias=True)
    except ValueError:
        return {}
    return {name: value for name, value in fields.items() if name.endswith("Id") or name == "kind"}


def _is_done(act: Callable[[], object], trace: Mapping[str, str], identifier: str, told: Mapping[str, object]) -> bool:
    """Call `act` under the ids, log the result and return whether it succeeded."""
    with tracing(trace.get("correlation_id") or identifier, trace.get("origin_id", "")):
        started, outcome = perf_counter(), "failed"
        try:
            act()
            outcome = "done"
        except Exception:  # noqa: BLE001 - whatever the error, the record is tried again, and the others go on
            _log.exception("a record failed and will be tried again")
        fields = {**told, "outcome": outcome, "milliseconds": round((perf_counter() - started) * 1000, 1)}
        _log.info("record", extra={"fields": fields})
        return outcome == "done"


def _put_off(message: dict[str, Any], kind: type[BaseModel], postpone: Postpone) -> None:
    received, ids = int(message["attributes"]["ApproximateReceiveCount"]), _ids(kind, message["body"])
    with tracing(ids.get("correlationId") or message["messageId"], ids.get("originId", "")):
        try:
            postpone(message["eventSourceARN"], message["receiptHandle"], pause_seconds(received))
        except Exception:  # noqa: BLE001 - without the pause the message still comes again after the queue's own time-out
            _log.exception("a pause was not set")
