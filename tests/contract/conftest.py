"""What contract tests share besides the servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from guahao.adapters.aws.clients import client
from guahao.adapters.dynamo.audit_log import AuditEntryItem, HeadItem
from guahao.adapters.dynamo.base import connection, use_table
from guahao.adapters.dynamo.dictionary import DynamoDictionary
from tests.functions import forget_use_cases
from tests.partners import Partner, new_partner


@pytest.fixture
def dictionary_table(aws: dict[str, str]) -> str:
    """Make an empty table for a dictionary and return its name: only one version is current in each."""
    made = client("dynamodb").describe_table(TableName=aws["DICTIONARY_TABLE"])["Table"]
    alike = {key: made[key] for key in ("AttributeDefinitions", "KeySchema")}
    name = f"dictionary-{uuid4().hex}"
    client("dynamodb").create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **alike)
    return name


@pytest.fixture
def dynamo_dictionary(dictionary_table: str) -> DynamoDictionary:
    return DynamoDictionary(dictionary_table)


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
    use_table(AuditEntryItem, name)
    AuditEntryItem.create_table(billing_mode="PAY_PER_REQUEST")
    yield name
    use_table(AuditEntryItem, aws["AUDIT_LOG_TABLE"])
    use_table(HeadItem, aws["AUDIT_LOG_TABLE"])


@pytest.fixture
def suspensions_queue(aws: dict[str, str]) -> str:
    url: str = client("sqs").create_queue(QueueName=f"suspensions-{uuid4().hex}")["QueueUrl"]
    return url


@pytest.fixture
def partner(
    aws: dict[str, str], redis_secret: str, mongodb_secret: str, suspensions_queue: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Partner]:
    """Point the gateway's functions at the servers and give a hospital's system that nobody else knows."""
    queues = dict.fromkeys(("SUSPENSIONS_QUEUE", "SUBSTITUTIONS_QUEUE"), suspensions_queue)
    for name, value in {"REDIS_SECRET": redis_secret, "MONGODB_SECRET": mongodb_secret, **queues}.items():
        monkeypatch.setenv(name, value)
    forget_use_cases()
    yield new_partner(aws, uuid4().hex[:8])
    forget_use_cases()
