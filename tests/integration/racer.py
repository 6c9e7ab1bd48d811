"""One process of a race: books for each of its users through the product's own joints, and counts what that costs.

Run as `python -m tests.integration.racer SCHEDULE_ID START USER:PATIENT …`; prints one JSON line per attempt.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

from redis.connection import AbstractConnection

from guahao.adapters.aws.clients import session
from guahao.adapters.dynamo.base import connection
from guahao.bootstrap.booking.booking import booking
from guahao.domain.errors import DomainError

WRITES = {"TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}


def main() -> None:
    schedule_id, start, people = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    costs: Counter[str] = Counter()
    count_requests(costs)
    service = booking()
    time.sleep(max(0.0, start - time.time()))
    for person in people:
        user_id, patient_id = person.split(":")
        began = time.process_time()
        answer: dict[str, Any]
        try:
            order = service.book(user_id, patient_id, schedule_id, "race")
            answer = {"number": order.visit.number, "orderId": order.order_id}
        except DomainError as refusal:
            answer = {"refused": refusal.kind}
        print(json.dumps({**answer, "costs": costs, "cpu": time.process_time() - began}), flush=True)
        costs.clear()  # not before the first: what a new process costs is counted with it


def count_requests(costs: Counter[str]) -> None:
    """Count each request to DynamoDB by what it does, each to Secrets Manager, and each round trip to Redis."""

    def to_secrets(**_: Any) -> None:
        costs["secrets"] += 1

    session().register("before-send.secrets-manager", to_secrets)

    def to_dynamo(request: Any, **_: Any) -> None:
        operation = request.headers["X-Amz-Target"].decode().split(".")[1]
        costs["writes" if operation in WRITES else "reads"] += 1

    connection().client.meta.events.register("before-send.dynamodb.*", to_dynamo)
    send = AbstractConnection.send_packed_command

    def to_redis(self: AbstractConnection, *arguments: Any, **options: Any) -> Any:
        costs["redis"] += 1
        return send(self, *arguments, **options)

    AbstractConnection.send_packed_command = to_redis  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
