"""The functions of the audit answer their sample events, on real servers, and each look and decision leaves one entry in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from logging import StreamHandler
from threading import Lock
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
from infra.functions import load_handler

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.audit_log import DynamoAuditLog
from guahao.adapters.dynamo.identities import DynamoIdentities, IdentityItem
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.people.accounts import IdentityState
from guahao.domain.people.certificates import Certificate, CertificateType, check_digit
from guahao.domain.people.identity import Identity
from guahao.runtime.correlation import trace
from guahao.runtime.logging import JsonFormatter, get_logger
from guahao.usecases.administration.audit_log import verify
from guahao.usecases.people.login import new_user
from tests.functions import forget_use_cases, sample_event

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REASON = json.loads(sample_event("audit", "reject")["body"])["reason"]
# Functions are loaded one at a time, since their modules are all named alike.
LOADING = Lock()
FAULTY = [
    ("audit", "queue_without_token", 401, []),
    ("audit", "queue_with_foreign_cursor", 400, ["cursor"]),
    ("audit", "bad_status", 400, ["status"]),
    ("audit", "view", 404, []),
    ("audit", "approve", 404, []),
    ("audit", "reject_without_reason", 400, ["reason"]),
    ("audit", "bad_reason", 400, ["reason"]),
    ("audit", "bad_approved", 400, ["approved"]),
    ("audit_log", "find_without_token", 401, []),
    ("audit_log", "find_with_days_in_wrong_order", 400, ["from"]),
    ("audit_log", "bad_day", 400, ["from"]),
    ("audit_log", "bad_limit", 400, ["limit"]),
]


@pytest.fixture(autouse=True)
def log(audit_log_table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoAuditLog]:
    """Give the functions an audit log of their own and use cases built anew."""
    monkeypatch.setenv("AUDIT_LOG_TABLE", audit_log_table)
    forget_use_cases()
    yield DynamoAuditLog(audit_log_table)
    forget_use_cases()


@pytest.fixture
def number() -> str:
    """Return a citizen number that no other test has."""
    digits = f"11010119900307{uuid4().int % 1000:03}"
    return digits + check_digit(digits)


@pytest.fixture
def identity(aws: dict[str, str], log: DynamoAuditLog, number: str) -> Identity:
    """Let a new user submit an identity."""
    vault = KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"])
    user = DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(new_user(vault, f"138{uuid4().int % 10**8:08}", NOW))
    certificate = Certificate(
        CertificateType.ID_CARD, vault.seal(number), vault.fingerprint(uuid4().hex), f"{number[:3]}***********{number[-4:]}"
    )
    identity = Identity(user.user_id, uuid4().hex, "王小明", certificate, f"photos/{user.user_id}/photo.png", NOW)
    DynamoIdentities(aws["IDENTITIES_TABLE"], aws["ACCOUNTS_TABLE"], lambda: log, trace).submit(None, identity)
    return identity


def call(function: str, case: str, user_id: str = "", actor: str = "", body: Any = None, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Return status and body of a sample event, about the user, asked by the administrator, each with a process of its own."""
    event = {**sample_event(function, case), **changes}
    if user_id:
        event["pathParameters"] = {"userId": user_id}
    if actor:
        event["requestContext"]["authorizer"]["principalId"] = actor
    if body is not None:
        event["body"] = json.dumps(body)
    with LOADING:
        handler = load_handler(function)
    answer = handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


def row(identity: Identity, **changes: Any) -> dict[str, Any]:
    """Return what answers show of an identity under review."""
    usual = {"userId": identity.user_id, "submissionId": identity.submission_id, "name": "王小明", "certificateType": "idCard"}
    usual |= {"certificateNumber": identity.certificate.masked_number, "issuingState": "", "submittedAt": "2026-03-02T09:00:00+08:00"}
    return {**usual, "state": "underReview", "decidedAt": None, "decidedBy": "", "reason": "", "renews": None, **changes}


def written(log: DynamoAuditLog) -> list[AuditEntry]:
    return [entry.entry for entry in log.all()]


def test_the_queue_shows_who_waits_with_masked_numbers(identity: Identity, log: DynamoAuditLog, number: str) -> None:
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        status, page = call("audit", "queue", queryStringParameters={"cursor": cursor, "limit": "100"})
        assert status == 200
        found, cursor = found + page["items"], page["nextCursor"]
    assert row(identity) in found
    assert number not in json.dumps(found)
    assert written(log) == []


def test_a_look_shows_the_whole_number_and_the_photo_for_a_minute_and_is_logged(
    aws: dict[str, str], identity: Identity, log: DynamoAuditLog, number: str
) -> None:
    boto3.client("s3").put_object(Bucket=aws["PHOTOS_BUCKET"], Key=identity.photo_key, Body=b"photo", ContentType="image/png")
    before = datetime.now(UTC)
    status, shown = call("audit", "view", identity.user_id)
    assert status == 200
    url, expires_at = shown.pop("photoUrl"), datetime.fromisoformat(shown.pop("photoUrlExpiresAt"))
    assert shown == row(identity, certificateNumber=number)
    assert before - timedelta(seconds=1) < expires_at - timedelta(seconds=60) <= datetime.now(UTC)
    assert "X-Amz-Expires=60&" in url
    assert httpx.get(url).content == b"photo"
    assert written(log) == [AuditEntry("auditor", Action.IDENTITY_VIEWED, f"{identity.user_id}/{identity.submission_id}")]


def test_an_approved_user_is_verified(aws: dict[str, str], identity: Identity, log: DynamoAuditLog) -> None:
    status, decided = call("audit", "approve", identity.user_id)
    assert status == 200
    assert datetime.fromisoformat(decided.pop("decidedAt")) <= datetime.now(UTC)
    assert {**decided, "decidedAt": None} == row(identity, state="approved", decidedBy="auditor")
    user = DynamoAccounts(aws["ACCOUNTS_TABLE"]).get(identity.user_id)
    assert user
    assert (user.identity_state, user.name) == (IdentityState.APPROVED, "王小明")
    assert written(log) == [AuditEntry("auditor", Action.IDENTITY_APPROVED, identity.subject)]


def test_a_rejection_keeps_its_reason_and_said_again_changes_nothing(identity: Identity, log: DynamoAuditLog) -> None:
    body = {"approved": False, "reason": REASON, "submissionId": identity.submission_id}
    status, decided = call("audit", "reject", identity.user_id, body=body)
    assert (status, decided["state"], decided["reason"]) == (200, "rejected", REASON)
    assert call("audit", "reject", identity.user_id, body=body) == (200, decided)
    assert call("audit", "reject", identity.user_id, actor="auditor-2", body=body)[0] == 409
    assert written(log) == [AuditEntry("auditor", Action.IDENTITY_REJECTED, identity.subject, REASON)]


def test_another_submission_than_the_one_looked_at_is_not_decided_on(identity: Identity, log: DynamoAuditLog) -> None:
    status, problem = call("audit", "reject", identity.user_id)
    assert (status, problem["rule"]) == (409, "currentSubmission")
    assert written(log) == []


def test_of_two_administrators_that_decide_at_once_one_gets_409(identity: Identity, log: DynamoAuditLog) -> None:
    bodies = {"auditor-1": {"approved": True}, "auditor-2": {"approved": False, "reason": REASON}}
    with ThreadPoolExecutor(2) as threads:
        answers = dict(zip(bodies, threads.map(lambda a: call("audit", "approve", identity.user_id, a, bodies[a]), bodies), strict=True))
    assert sorted(status for status, _ in answers.values()) == [200, 409]
    (winner,) = [actor for actor, (status, _) in answers.items() if status == 200]
    (loser,) = bodies.keys() - {winner}
    assert (answers[loser][1]["type"], answers[loser][1]["rule"]) == ("urn:guahao:problem:identity-state", "underReview")
    assert [entry.actor for entry in written(log)] == [winner]
    assert verify(log).fault == ""


def test_a_double_click_is_one_decision(identity: Identity, log: DynamoAuditLog) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: call("audit", "approve", identity.user_id), range(4)))
    assert answers == [answers[0]] * 4
    assert answers[0][0] == 200
    assert len(written(log)) == 1


def test_the_log_shows_owners_who_did_what(identity: Identity, log: DynamoAuditLog) -> None:
    call("audit", "view", identity.user_id)
    call("audit", "view", identity.user_id, actor="auditor-2")
    call("audit", "approve", identity.user_id)
    status, page = call("audit_log", "find")
    assert status == 200
    assert [(item["sequence"], item["actor"], item["action"], item["subject"]) for item in page["items"]] == [
        (3, "auditor", "identity.approved", identity.subject),
        (2, "auditor-2", "identity.viewed", identity.subject),
        (1, "auditor", "identity.viewed", identity.subject),
    ]
    newest, older = page["items"][:2]
    assert (newest["previousHash"], newest["day"], newest["at"][:10]) == (older["hash"], older["day"], newest["day"])
    query = {"actor": "auditor", "limit": "1"}
    first = call("audit_log", "find", queryStringParameters=query)[1]
    second = call("audit_log", "find", queryStringParameters={**query, "cursor": first["nextCursor"]})[1]
    assert [item["sequence"] for item in (*first["items"], *second["items"])] == [3, 1]
    assert second["nextCursor"] is None
    assert call("audit_log", "find_of_actor_and_days") == (200, {"items": [], "nextCursor": None})


@pytest.mark.parametrize(("function", "case", "status", "fields"), FAULTY)
def test_a_bad_request_has_its_own_problem_and_leaves_no_entry(
    log: DynamoAuditLog, function: str, case: str, status: int, fields: list[str]
) -> None:
    user_id = f"nobody-{uuid4().hex}"
    answered, problem = call(function, case, **({"user_id": user_id} if sample_event(function, case)["pathParameters"] else {}))
    assert (answered, problem["status"]) == (status, status)
    assert [fault["field"] for fault in problem.get("errors", [])] == fields
    assert written(log) == []


def test_the_number_is_in_the_one_answer_and_nowhere_else(identity: Identity, log: DynamoAuditLog, number: str) -> None:
    lines, logger = StringIO(), get_logger("audit")
    handler = StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    answers = [call("audit", case, identity.user_id) for case in ("queue", "view", "approve", "approve", "bad_reason")]
    logger.removeHandler(handler)
    assert [number in json.dumps(answer) for answer in answers] == [False, True, False, False, False]
    assert len(lines.getvalue().splitlines()) == 5
    kept = [repr(IdentityItem.get(identity.user_id).to_dynamodb_dict()), *map(repr, log.all())]
    assert number not in lines.getvalue() + "".join(kept)
