"""What contract tests share besides the servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.audit_log import EntryItem, HeadItem
from guahao.adapters.dynamo.base import connection, use_table


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


@pytest.fixture
def audit_log_table(aws: dict[str, str]) -> Iterator[str]:
    """Give an empty table for an audit log of the test's own: the one that all share already has entries."""
    name = uuid4().hex
    use_table(EntryItem, name)
    EntryItem.create_table(billing_mode="PAY_PER_REQUEST")
    yield name
    use_table(EntryItem, aws["AUDIT_LOG_TABLE"])
    use_table(HeadItem, aws["AUDIT_LOG_TABLE"])
