"""What DynamoDB does under load and the local one never does: conflicts, throttling, silence."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from guahao.adapters.dynamo.base import StoreConnection
from guahao.adapters.dynamo.booking import _cause
from guahao.domain.errors import Unavailable
from guahao.ports.booking import LedgerMoved, NumberTaken, OrderExists

CAUSES = (OrderExists, LedgerMoved, NumberTaken)


def refused(*codes: str) -> TransactWriteError:
    reasons = [None if code == "None" else CancellationReason(code) for code in codes]
    answer = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
    cause = VerboseClientError(answer, "TransactWriteItems", {"request_id": "", "table_name": ""}, cancellation_reasons=reasons)
    return TransactWriteError("", cause)


@pytest.mark.parametrize(
    ("codes", "cause"),
    [
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), OrderExists),
        (("None", "ConditionalCheckFailed", "None"), LedgerMoved),
        (("None", "None", "ConditionalCheckFailed"), NumberTaken),
        (("None", "TransactionConflict", "None"), LedgerMoved),
        (("None", "None", "TransactionConflict"), NumberTaken),
        (("None", "ThrottlingError", "None"), Unavailable),
        ((), Unavailable),
    ],
)
def test_a_refused_transaction_is_told_by_its_first_cause(codes: tuple[str, ...], cause: type[Exception]) -> None:
    assert isinstance(_cause(refused(*codes), CAUSES), cause)


class Failing:
    """A client whose every call fails in one way."""

    _request_signer = None

    def __init__(self, error: Exception) -> None:
        self.error = error

    def _make_api_call(self, operation_name: str, arguments: dict[str, Any]) -> None:
        raise self.error


def answer(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetItem")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), Unavailable),
        (answer("ThrottlingException"), Unavailable),
        (answer("InternalServerError"), Unavailable),
        (answer("ConditionalCheckFailedException"), ClientError),
        (answer("ValidationException"), ClientError),
    ],
)
def test_only_a_store_that_does_not_serve_is_unavailable(error: Exception, raised: type[Exception]) -> None:
    connection = StoreConnection()
    connection._client = Failing(error)  # type: ignore[assignment]
    with pytest.raises(raised):
        connection._make_api_call("GetItem", {"TableName": "t"})
