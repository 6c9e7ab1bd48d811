"""What DynamoDB does under load and the local one never does: conflicts, throttling, silence."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from guahao.adapters.dynamo import audit_log, patients
from guahao.adapters.dynamo.audit_log import WritesRefused
from guahao.adapters.dynamo.base import StoreConnection
from guahao.adapters.dynamo.booking import _cause
from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import Unavailable
from guahao.ports.booking import LedgerMoved, NumberTaken, OrderExists
from guahao.ports.patients import PatientMoved
from tests.builders import NOW

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


@pytest.mark.parametrize(
    ("codes", "raised"),
    [
        (("None", "ConditionalCheckFailed", "None"), PatientMoved),
        (("None", "None", "TransactionConflict"), PatientMoved),
        (("ThrottlingError", "None", "None"), Unavailable),
        ((), Unavailable),
    ],
)
def test_a_patient_is_decided_on_again_when_somebody_else_was_faster(
    monkeypatch: pytest.MonkeyPatch, codes: tuple[str, ...], raised: type[Exception]
) -> None:
    monkeypatch.setattr(patients, "connection", lambda: None)
    monkeypatch.setattr(patients, "TransactWrite", lambda connection: nullcontext())
    with pytest.raises(raised), patients._all_or_nothing():
        raise refused(*codes)


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


@pytest.mark.parametrize(
    ("codes", "raised", "tries"),
    [
        (("TransactionConflict", "None", "None"), Unavailable, 20),
        (("None", "None", "ThrottlingError"), Unavailable, 20),
        (("ConditionalCheckFailed", "None", "None"), WritesRefused, 1),
        (("ConditionalCheckFailed", "TransactionConflict", "None"), WritesRefused, 1),
        ((), Unavailable, 1),
    ],
)
def test_an_entry_of_the_audit_log_is_tried_again_only_where_that_may_help(
    monkeypatch: pytest.MonkeyPatch, codes: tuple[str, ...], raised: type[Exception], tries: int
) -> None:
    tried = []

    def refuse(*_: Any, **__: Any) -> None:
        tried.append(codes)
        raise refused(*codes)

    monkeypatch.setattr(StoreConnection, "transact_write_items", refuse)
    monkeypatch.setattr(audit_log, "use_table", lambda *_: None)
    monkeypatch.setattr(audit_log, "_head", lambda: None)
    monkeypatch.setattr(audit_log, "sleep", lambda _: None)
    with pytest.raises(raised):
        audit_log.DynamoAuditLog("t").append(Deed("auditor-1", Action.IDENTITY_VIEWED, "u1"), NOW)
    assert len(tried) == tries
