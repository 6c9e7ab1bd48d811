"""Writes of many items at once, in parallel and with pauses between retries, which PynamoDB's own batches lack."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from time import sleep
from typing import Any

from guahao.adapters.dynamo.base import Item, connection, store_unavailable
from guahao.domain.errors import Unavailable

# DynamoDB's limit of items in a batch, and as many batches at once as the client has connections.
_BATCH, _AT_ONCE = 25, 8
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


def put_all(model: type[Item], items: Iterable[Item]) -> None:
    """Store the items over what is there, or raise Unavailable; no more items are read ahead than are being written."""
    _send_all(model, ({"PutRequest": {"Item": item.serialize()}} for item in items))


def delete_all(model: type[Item], items: Iterable[Item]) -> None:
    """Remove the items, of which only the keys matter, or raise Unavailable."""
    _send_all(model, ({"DeleteRequest": {"Key": item.serialize()}} for item in items))


def _send_all(model: type[Item], requests: Iterable[dict[str, Any]]) -> None:
    remaining, table = iter(requests), model.Meta.table_name
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while window := list(islice(remaining, _BATCH * _AT_ONCE)):
            batches = [window[first : first + _BATCH] for first in range(0, len(window), _BATCH)]
            list(pool.map(lambda batch: _send(table, batch), batches))


def _send(table: str, requests: list[dict[str, Any]]) -> None:
    """Send one batch, and send again what DynamoDB did not accept."""
    for pause in (0, *_PAUSES):
        sleep(pause)
        with suppress(Unavailable):
            answer = connection().dispatch("BatchWriteItem", {"RequestItems": {table: requests}})
            requests = answer["UnprocessedItems"].get(table, [])
            if not requests:
                return
    raise store_unavailable()
