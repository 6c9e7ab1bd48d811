"""Handlers of queues and streams: what failed comes again, and no more than that; everything is found by its ids."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from guahao.contracts.messages import OrderMessage
from guahao.domain.errors import Unavailable
from guahao.runtime.batch import each_change, each_message
from guahao.runtime.correlation import trace
from guahao.runtime.logging import JsonFormatter, get_logger

QUEUE = "arn:aws:sqs:us-east-1:000000000000:guahao-partner-calls"


@pytest.fixture
def log() -> Iterator[list[dict[str, Any]]]:
    """Give the lines of the log as they are written."""
    lines: list[dict[str, Any]] = []
    handler, house = logging.Handler(), get_logger("x").parent
    assert house
    handler.setFormatter(JsonFormatter())
    handler.emit = lambda record: lines.append(json.loads(handler.format(record)))  # type: ignore[method-assign]
    house.addHandler(handler)
    yield lines
    house.removeHandler(handler)


def handle(message: OrderMessage) -> None:
    if message.order_id != "good":
        raise Unavailable("not now")


def message(name: str, received: int = 1, **ids: str) -> dict[str, Any]:
    return {
        "messageId": name,
        "receiptHandle": f"handle-{name}",
        "body": OrderMessage(order_id=name, **ids).model_dump_json(by_alias=True),
        "attributes": {"ApproximateReceiveCount": str(received)},
        "eventSourceARN": QUEUE,
    }


def test_only_the_failed_messages_of_a_batch_come_again() -> None:
    records = [message(name) for name in ("good", "bad", "worse")]
    failed = [{"itemIdentifier": "bad"}, {"itemIdentifier": "worse"}]
    assert each_message(OrderMessage, handle)({"Records": records}, None) == {"batchItemFailures": failed}


def test_a_failed_message_waits_longer_each_time_and_one_that_is_done_not_at_all() -> None:
    pauses: dict[str, tuple[str, int]] = {}
    handler = each_message(OrderMessage, handle, lambda queue, receipt, seconds: pauses.update({receipt: (queue, seconds)}))
    received = {"good": 1, "a": 1, "b": 2, "c": 3, "d": 8, "e": 9, "f": 32}
    answer = handler({"Records": [message(name, count) for name, count in received.items()]}, None)
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == list("abcdef")
    waited = {"a": 15, "b": 30, "c": 60, "d": 1920, "e": 3600, "f": 3600}
    assert pauses == {f"handle-{name}": (QUEUE, seconds) for name, seconds in waited.items()}


def test_a_pause_that_cannot_be_set_loses_no_message_and_is_found_by_its_ids(log: list[dict[str, Any]]) -> None:
    def refuse(_: str, __: str, ___: int) -> None:
        raise Unavailable("not now")

    failed = [{"itemIdentifier": name} for name in "ab"]
    records = [message("a", correlation_id="c1", origin_id="r1"), message("b")]
    assert each_message(OrderMessage, handle, refuse)({"Records": records}, None) == {"batchItemFailures": failed}
    told = [(line["correlationId"], line.get("originId")) for line in log if line["message"] == "a pause was not set"]
    assert told == [("c1", "r1"), ("b", None)]


def test_a_message_is_logged_with_its_queue_its_ids_its_outcome_and_its_time(log: list[dict[str, Any]]) -> None:
    each_message(OrderMessage, handle)({"Records": [message("good", correlation_id="c1", origin_id="r1"), message("bad")]}, None)
    done, _, failed = log
    assert (
        done.items()
        >= {"queue": "guahao-partner-calls", "orderId": "good", "outcome": "done", "correlationId": "c1", "originId": "r1"}.items()
    )
    assert failed.items() >= {"orderId": "bad", "outcome": "failed", "correlationId": "bad"}.items()
    assert all(isinstance(line["milliseconds"], float) for line in (done, failed))


def record(number: str, **written: str) -> dict[str, Any]:
    image = {name: {"S": value} for name, value in written.items()}
    keys = {"order_id": {"S": f"o{number}"}}
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026"
    return {"eventSourceARN": arn, "dynamodb": {"SequenceNumber": number, "Keys": keys, "NewImage": {"n": {"S": number}, **image}}}


def test_a_stream_stops_at_its_first_failure_so_that_nothing_overtakes_it() -> None:
    seen: list[str] = []

    def follow(before: str | None, after: str) -> None:
        seen.append(after)
        if after == "2":
            raise Unavailable("not now")

    records = [record(n) for n in "123"]
    answer = each_change(lambda image: str(image["n"]["S"]), follow)({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert seen == ["1", "2"]


def test_nothing_follows_from_a_removal() -> None:
    removed = {"dynamodb": {"SequenceNumber": "1", "OldImage": {"n": {"S": "1"}}}}
    answer = each_change(lambda image: image, lambda before, after: 1 / 0)({"Records": [removed]}, None)  # type: ignore[arg-type, return-value]
    assert answer == {"batchItemFailures": []}


def test_what_follows_from_a_change_carries_the_ids_of_who_wrote_it(log: list[dict[str, Any]]) -> None:
    seen = []
    change = record("1", correlation_id="c1", origin_id="r1")
    each_change(lambda image: image, lambda before, after: seen.append(trace()))({"Records": [change]}, None)
    assert seen == [{"correlation_id": "c1", "origin_id": "r1"}]
    assert log[0].items() >= {"table": "orders", "keys": ["o1"], "outcome": "done", "correlationId": "c1", "originId": "r1"}.items()
