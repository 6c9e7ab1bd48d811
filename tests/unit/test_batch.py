"""Handlers of queues and streams: what failed comes again, and no more than that."""

from __future__ import annotations

from typing import Any

from guahao.domain.errors import Unavailable
from guahao.runtime.batch import each_change, each_message


def test_only_the_failed_messages_of_a_batch_come_again() -> None:
    handler = each_message(lambda body: None if body == "good" else 1 / 0)  # type: ignore[arg-type, return-value]
    records = [{"messageId": name, "body": name} for name in ("good", "bad", "worse")]
    assert handler({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "bad"}, {"itemIdentifier": "worse"}]}


def message(name: str, received: int) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(received)}
    return {"messageId": name, "receiptHandle": f"handle-{name}", "body": name, "attributes": attributes}


def test_a_failed_message_waits_longer_each_time_and_one_that_is_done_not_at_all() -> None:
    pauses: dict[str, int] = {}
    handler = each_message(lambda body: None if body == "good" else 1 / 0, pauses.__setitem__)  # type: ignore[arg-type, return-value]
    received = {"good": 1, "a": 1, "b": 2, "c": 3, "d": 8, "e": 9, "f": 32}
    answer = handler({"Records": [message(name, count) for name, count in received.items()]}, None)
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == list("abcdef")
    assert pauses == {"handle-a": 15, "handle-b": 30, "handle-c": 60, "handle-d": 1920, "handle-e": 3600, "handle-f": 3600}


def test_a_pause_that_cannot_be_set_loses_no_message() -> None:
    def refuse(_: str, __: int) -> None:
        raise Unavailable("not now")

    handler = each_message(lambda _: 1 / 0, refuse)  # type: ignore[arg-type, return-value]
    failed = [{"itemIdentifier": name} for name in "ab"]
    assert handler({"Records": [message(name, 1) for name in "ab"]}, None) == {"batchItemFailures": failed}


def test_a_stream_stops_at_its_first_failure_so_that_nothing_overtakes_it() -> None:
    seen: list[str] = []

    def handle(change: dict[str, Any]) -> None:
        seen.append(change["SequenceNumber"])
        if change["SequenceNumber"] == "2":
            raise Unavailable("not now")

    records = [{"dynamodb": {"SequenceNumber": n}} for n in "123"]
    assert each_change(handle)({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert seen == ["1", "2"]
