"""The DynamoDB client that all PynamoDB models of a process share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection, TableConnection
from pynamodb.constants import GLOBAL_SECONDARY_INDEXES
from pynamodb.models import Model

from guahao.adapters.aws.clients import session
from guahao.domain.errors import Unavailable

Trace = Callable[[], Mapping[str, str]]
"""Return the present `correlation_id`, which items carry into their table's stream."""

# Errors that mean that DynamoDB cannot serve. Any other error is an answer to the request, or a mistake of ours.
_FAULTS = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


class StoreConnection(Connection):
    """A connection that raises Unavailable if DynamoDB cannot serve."""

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = super()._make_api_call(operation_name, operation_kwargs)
        except BotoCoreError as error:
            raise store_unavailable() from error
        except ClientError as error:
            if error.response["Error"]["Code"] in _FAULTS:
                raise store_unavailable() from error
            raise
        return answer


def store_unavailable() -> Unavailable:
    """Return the error for a DynamoDB that cannot serve."""
    return Unavailable("The store of records does not answer. Send the same request again in a moment.")


@cache
def connection() -> StoreConnection:
    """Return the process's connection. Its time-outs are short, so that a caller gets an error before its own time is over."""
    shared = StoreConnection(connect_timeout_seconds=1, read_timeout_seconds=2, max_retry_attempts=1)
    # PynamoDB alone would build a second botocore session, which costs 100 ms of CPU time.
    shared._local.session = session()
    return shared


class Item(Model):
    """The base of all items. Its models share one botocore session; PynamoDB alone would build one for each, 70 to 180 ms apiece."""

    class Meta:
        table_name = ""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = super()._get_connection()
        shared = connection()
        if table.connection is not shared:
            described = table.get_meta_table()
            # If several models share a table, the one with the indexes describes it.
            if table.table_name not in shared._tables or described.data[GLOBAL_SECONDARY_INDEXES]:
                shared._tables[table.table_name] = described
            table.connection = shared
        return table


def use_table(model: type[Item], name: str) -> None:
    """Set the table of a model; its name comes from the environment, which only bootstrap reads."""
    model.Meta.table_name = name
