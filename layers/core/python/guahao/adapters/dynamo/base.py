"""One DynamoDB client for every PynamoDB model of a process."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection, TableConnection
from pynamodb.constants import GLOBAL_SECONDARY_INDEXES
from pynamodb.models import Model

from guahao.adapters.aws.clients import session
from guahao.domain.errors import Unavailable

# What DynamoDB answers when it cannot serve; any other error is an answer to the request, or a mistake of ours.
_FAULTS = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


class StoreConnection(Connection):
    """A connection that raises Unavailable when DynamoDB does not serve, so that no store has to."""

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
    """Return the refusal that fits a store which does not serve."""
    return Unavailable("The store of records does not answer. Send the same request again in a moment.")


@cache
def connection() -> StoreConnection:
    """Return the process's connection: short time-outs, so that a caller hears of a fault before its own time is over."""
    shared = StoreConnection(connect_timeout_seconds=1, read_timeout_seconds=2, max_retry_attempts=1)
    # PynamoDB would build a second botocore session, which costs 100 ms of CPU.
    shared._local.session = session()
    return shared


class Item(Model):
    """A base for all items. PynamoDB would build a botocore session of 70 to 180 ms for each model; these share one."""

    class Meta:
        table_name = ""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        table = super()._get_connection()
        shared = connection()
        if table.connection is not shared:
            described = table.get_meta_table()
            # Of several models of one table, that with the indexes describes it for all.
            if table.table_name not in shared._tables or described.data[GLOBAL_SECONDARY_INDEXES]:
                shared._tables[table.table_name] = described
            table.connection = shared
        return table


def use_table(model: type[Item], name: str) -> None:
    """Point a model at its table; the name comes from the environment, which only bootstrap reads."""
    model.Meta.table_name = name
