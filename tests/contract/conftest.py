"""What contract tests share besides the servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from guahao.adapters.dynamo.base import connection


@pytest.fixture
def count_requests(aws: dict[str, str]) -> Iterator[Callable[[], list[str]]]:
    """Give a function that begins to list the DynamoDB operations sent, and returns the growing list."""
    sent: list[str] = []
    events = connection().client.meta.events

    def note(request: Any, **_: Any) -> None:
        sent.append(request.headers["X-Amz-Target"].decode().split(".")[1])

    def begin() -> list[str]:
        events.register("before-send.dynamodb.*", note, unique_id="count-requests")
        return sent

    yield begin
    events.unregister("before-send.dynamodb.*", unique_id="count-requests")
