"""DynamoDB streams of MiniStack 1.5.33 across a restart: it forgets the records and remembers how many were read, so none comes again."""

from __future__ import annotations

import copy
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc

WAITING = "waiting_stream_records"


def keep_waiting_records() -> None:
    """Save with the tables what no function has taken from their streams yet, and begin to read there after a restart."""
    save, load, load_functions = dynamodb.get_state, dynamodb.load_persisted_state, lambda_svc.load_persisted_state

    def get_state() -> dict[str, Any]:
        return {**save(), WAITING: waiting_records()}

    def load_persisted_state(data: dict[str, Any]) -> None:
        load(data)
        dynamodb._stream_records.update(data.get(WAITING, {}))

    def load_without_positions(data: dict[str, Any]) -> None:
        load_functions({key: value for key, value in data.items() if key != "dynamodb_stream_positions"})

    dynamodb.get_state, dynamodb.load_persisted_state = get_state, load_persisted_state
    lambda_svc.load_persisted_state = load_without_positions


def waiting_records() -> AccountRegionScopedDict:
    """Return the records of each table that lie behind the position of its slowest reader."""
    readers: dict[tuple[str, str, str], list[int]] = {}
    for (account, region, mapping), position in lambda_svc._dynamodb_stream_positions.all_items():
        source = lambda_svc._esms.get_scoped(account, region, mapping)["EventSourceArn"]
        readers.setdefault((account, region, source.split("/")[1]), []).append(position)
    waiting = AccountRegionScopedDict()
    for key, records in dynamodb._stream_records.all_items():
        taken = min(readers.get(key, [0])) - dynamodb._stream_trimmed.get_scoped(*key, 0)
        waiting.set_scoped(*key, copy.deepcopy(records[max(0, taken) :]))
    return waiting
