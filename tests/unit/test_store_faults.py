"""What DynamoDB does under load and the local one never does: conflicts, throttling, silence."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

from guahao.adapters.dynamo import audit_log, bulk, patients
from guahao.adapters.dynamo.audit_log import WritesRefused
from guahao.adapters.dynamo.base import StoreConnection, store_unavailable, use_table
from guahao.adapters.dynamo.dictionary import DictionaryItem
from guahao.adapters.dynamo.identities import _refusal
from guahao.adapters.dynamo.orders import _cause
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import DuplicateCertificate, Unavailable
from guahao.domain.versions import VersionConflict
from guahao.ports.booking.orders import NumberTaken, OrderExists
from tests.builders import NOW

CAUSES = (OrderExists, VersionConflict, NumberTaken)


def refused(*codes: str) -> TransactWriteError:
    reasons = [None if code == "None" else CancellationReason(code) for code in codes]
    answer = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
    cause = VerboseClientError(answer, "TransactWriteItems", {"request_id": "", "table_name": ""}, cancellation_reasons=reasons)
    return TransactWriteError("", cause)


@pytest.mark.parametrize(
    ("codes", "cause"),
    [
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), OrderExists),
        (("None", "ConditionalCheckFailed", "None"), VersionConflict),
        (("None", "None", "ConditionalCheckFailed"), NumberTaken),
        (("None", "TransactionConflict", "None"), VersionConflict),
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
        (("None", "ConditionalCheckFailed", "None"), VersionConflict),
        (("None", "None", "TransactionConflict"), VersionConflict),
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


@pytest.mark.parametrize(
    ("codes", "meaning"),
    [
        (("None", "ConditionalCheckFailed", "None"), DuplicateCertificate),
        (("ConditionalCheckFailed", "ConditionalCheckFailed", "None"), VersionConflict),
        (("None", "TransactionConflict", "None"), VersionConflict),
        (("None", "None", "ThrottlingError"), Unavailable),
        ((), Unavailable),
    ],
)
def test_a_refused_submission_says_whose_the_certificate_is_only_if_nothing_else_was_in_the_way(
    codes: tuple[str, ...], meaning: type[Exception]
) -> None:
    assert isinstance(_refusal(refused(*codes)), meaning)


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


class Overloaded:
    """A connection that takes no more than some items of each batch, and every third batch not at all."""

    def __init__(self, takes: int) -> None:
        self.takes, self.calls, self.taken = takes, 0, []

    def dispatch(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        if self.calls % 3 == 0:
            raise store_unavailable()
        [(table, requests)] = arguments["RequestItems"].items()
        assert len(requests) <= 25
        self.taken += [request["PutRequest"]["Item"]["node"]["S"] for request in requests[: self.takes]]
        return {"UnprocessedItems": {table: requests[self.takes :]} if requests[self.takes :] else {}}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_PAUSES", (0,) * 7)
    use_table(DictionaryItem, "t")


@pytest.mark.usefixtures("impatient")
def test_what_a_batch_did_not_take_is_sent_again_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    overloaded = Overloaded(takes=10)
    monkeypatch.setattr(bulk, "connection", lambda: overloaded)
    bulk.put_all(DictionaryItem, (DictionaryItem(str(n), "self") for n in range(60)))
    assert sorted(overloaded.taken, key=int) == [str(n) for n in range(60)]


@pytest.mark.usefixtures("impatient")
def test_a_batch_that_is_never_taken_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    overloaded = Overloaded(takes=0)
    monkeypatch.setattr(bulk, "connection", lambda: overloaded)
    with pytest.raises(Unavailable):
        bulk.put_all(DictionaryItem, [DictionaryItem("1", "self")])
    assert overloaded.calls == 8


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
        audit_log.DynamoAuditLog("t").append(AuditEntry("auditor-1", Action.IDENTITY_VIEWED, "u1"), NOW)
    assert len(tried) == tries
