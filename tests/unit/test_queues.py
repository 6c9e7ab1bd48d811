"""Many messages at once: ten in a request, and only those again that the queue did not take."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from guahao.adapters.aws.queues import SqsOutbox
from guahao.contracts.messages import NoShowCheck, OrderMessage
from guahao.domain.errors import Unavailable


class Sqs:
    """A queue that refuses the orders named, each so many times."""

    def __init__(self, refusals: dict[str, int] | None = None) -> None:
        self.refusals = refusals or {}
        self.requests: list[list[str]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - as botocore calls it
        orders = {entry["Id"]: OrderMessage.model_validate_json(entry["MessageBody"]).order_id for entry in Entries}
        assert len(orders) == len(Entries)
        self.requests.append(list(orders.values()))
        failed = [entry for entry, order in orders.items() if self.refusals.get(order, 0) > 0]
        for entry in failed:
            self.refusals[orders[entry]] -= 1
        answer = {"Successful": [{"Id": entry} for entry in orders if entry not in failed]}
        return answer | ({"Failed": [{"Id": entry, "Code": "InternalError", "SenderFault": False} for entry in failed]} if failed else {})


def put(sqs: Any, count: int) -> int:
    outbox = SqsOutbox(sqs, {NoShowCheck.queue: "queue"}, lambda: {"correlation_id": "c1", "origin_id": ""})
    return outbox.send_all(NoShowCheck(order_id=f"o{n}") for n in range(count))


def test_messages_travel_ten_in_a_request() -> None:
    sqs = Sqs()
    assert put(sqs, 23) == 23
    assert [len(request) for request in sqs.requests] == [10, 10, 3]
    assert sorted(order for request in sqs.requests for order in request) == sorted(f"o{n}" for n in range(23))


def test_no_messages_are_no_request() -> None:
    sqs = Sqs()
    assert put(sqs, 0) == 0
    assert sqs.requests == []


def test_only_what_the_queue_did_not_take_is_sent_again() -> None:
    sqs = Sqs({"o1": 1, "o3": 2})
    assert put(sqs, 12) == 12
    assert sqs.requests == [[f"o{n}" for n in range(10)], ["o1", "o3"], ["o3"], ["o10", "o11"]]


def test_a_message_that_is_never_taken_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        put(Sqs({"o3": 100}), 5)


def test_a_queue_that_does_not_answer_is_unavailable() -> None:
    class Silent:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            raise EndpointConnectionError(endpoint_url="sqs")

    with pytest.raises(Unavailable):
        put(Silent(), 1)


def test_a_message_carries_the_ids_of_what_is_being_done_unless_it_names_its_own() -> None:
    class Once:
        def send_message(self, **sent: Any) -> None:
            bodies.append(NoShowCheck.model_validate_json(sent["MessageBody"]))

    bodies: list[NoShowCheck] = []
    outbox = SqsOutbox(Once(), {NoShowCheck.queue: "queue"}, lambda: {"correlation_id": "c1", "origin_id": "r1"})
    outbox.send(NoShowCheck(order_id="o1"))
    outbox.send(NoShowCheck(order_id="o1", origin_id="r2"))
    assert [(body.correlation_id, body.origin_id) for body in bodies] == [("c1", "r1"), ("c1", "r2")]
