"""A message that failed stays hidden as long as its handler says."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from guahao.adapters.aws.clients import client
from guahao.adapters.aws.queues import postpone


@pytest.fixture
def queue(aws: dict[str, str]) -> str:
    url: str = client("sqs").create_queue(QueueName=f"pauses-{uuid4().hex}", Attributes={"VisibilityTimeout": "360"})["QueueUrl"]
    return url


def received(queue: str) -> list[dict[str, Any]]:
    answer = client("sqs").receive_message(QueueUrl=queue, MessageSystemAttributeNames=["ApproximateReceiveCount"])
    messages: list[dict[str, Any]] = answer.get("Messages", [])
    return messages


def test_a_pause_replaces_the_queues_own_time_out(queue: str) -> None:
    client("sqs").send_message(QueueUrl=queue, MessageBody="call")
    [first] = received(queue)
    assert received(queue) == []
    postpone(queue, first["ReceiptHandle"], 0)
    [second] = received(queue)
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    postpone(queue, second["ReceiptHandle"], 3600)
    assert received(queue) == []
