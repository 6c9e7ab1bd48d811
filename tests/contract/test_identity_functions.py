"""A user is verified, on real servers: photo, submission, what became of it, and the SMS that tells."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from logging import StreamHandler
from typing import Any
from uuid import uuid4

import botocore.session
import httpx
import pytest
from infra.functions import load_handler
from infra.seed.users import citizen

from guahao.adapters.aws.vault import KmsVault
from guahao.adapters.clock import utc_now
from guahao.adapters.dynamo.accounts import DynamoAccounts, UserItem
from guahao.adapters.dynamo.identities import IdentityItem
from guahao.bootstrap.parts import identities
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.people.accounts import User
from guahao.domain.people.identity import Identity
from guahao.runtime.logging import JsonFormatter, get_logger
from guahao.usecases.people.login import new_user
from tests.functions import forget_use_cases, sample_event
from tests.photos import png

NEVER = {
    "name": None,
    "certificateType": None,
    "certificateNumber": None,
    "issuingState": "",
    "submittedAt": None,
    "decidedAt": None,
    "reason": "",
    "inForce": None,
}


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the functions an SMS queue, and use cases built anew."""
    queue = sqs().create_queue(QueueName=f"sms-{uuid4().hex}")["QueueUrl"]
    monkeypatch.setenv("SMS_QUEUE", queue)
    forget_use_cases()
    yield
    forget_use_cases()


@pytest.fixture
def phone() -> str:
    return f"138{uuid4().int % 10**8:08}"


@pytest.fixture
def user(aws: dict[str, str], phone: str) -> User:
    """A user who has never submitted anything."""
    vault = KmsVault(aws["VAULT_KEY"], aws["FINGERPRINT_KEY"])
    return DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(new_user(vault, phone, utc_now()))


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give what the functions write to their logs."""
    lines, loggers = StringIO(), [get_logger(name) for name in ("identity", "batch")]
    handler = StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)


def sqs() -> Any:
    return botocore.session.get_session().create_client("sqs")


def call(case: str, user_id: str, **body: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, body and headers of a sample event, asked by the user with some fields of their own."""
    event = sample_event("identity", case)
    event["requestContext"]["authorizer"]["principalId"] = user_id
    if body:
        event["body"] = json.dumps({**json.loads(event["body"]), **body})
    answer = load_handler("identity")(event, None)
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


def upload(user_id: str, content: bytes = png()) -> str:
    """Ask for a form, post the photo as a browser does, and return the photo's key."""
    status, form, headers = call("upload", user_id, contentType="image/png", size=len(content))
    assert (status, headers["Location"], set(form)) == (201, "/api/me/identity", {"url", "fields", "photoKey"})
    posted = httpx.post(form["url"], data=form["fields"], files={"file": ("photo.png", content)}, trust_env=False)
    assert posted.status_code == 204
    key: str = form["photoKey"]
    return key


def submit(user: User, phone: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    """Submit the person whose certificate belongs to the phone."""
    told = {"certificateNumber": citizen(phone)[0], "photoKey": changes.get("photoKey") or upload(user.user_id)}
    return call("submit", user.user_id, **{**told, **changes})[:2]


def decide(user: User, approved: bool, reason: str = "") -> tuple[Identity, Identity]:
    """Decide as an administrator does, and return the identity before and after."""
    before = identities().get(user.user_id)
    assert before
    after = before.decide(approved, reason, "auditor", utc_now())
    identities().decide(before, after, AuditEntry("auditor", Action.IDENTITY_REJECTED, user.user_id))
    return before, after


def follow(before: Identity | None, after: Identity, repeat: bool = False) -> list[str]:
    """Hand the change to the stream's handler, and what it puts into the queue to the SMS handler; return the messages."""
    images = {"OldImage": before, "NewImage": after}
    change = {name: IdentityItem.from_domain(identity, "").to_dynamodb_dict() for name, identity in images.items() if identity}
    record = {"dynamodb": {**change, "SequenceNumber": "1"}}
    assert load_handler("on_identity_changed")({"Records": [record]}, None) == {"batchItemFailures": []}
    found = sqs().receive_message(QueueUrl=os.environ["SMS_QUEUE"], MaxNumberOfMessages=10)
    bodies = [message["Body"] for message in found.get("Messages", [])]
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    left = load_handler("on_sms")({"Records": records}, None)["batchItemFailures"]
    # A repeat is asked for again, because whoever was first may still fail.
    assert [failure["itemIdentifier"] for failure in left] == (["0"] if repeat else [])
    return bodies


def texts_to(aws: dict[str, str], phone: str) -> list[str]:
    kept = httpx.get(f"{aws['AWS_ENDPOINT_URL']}/_ministack/sns/sms-messages", params={"phoneNumber": f"+86{phone}"}, trust_env=False)
    return [message["Message"] for message in kept.json()["sms_messages"].get(f"+86{phone}", [])]


def photos_of(aws: dict[str, str], user: User) -> list[str]:
    client = botocore.session.get_session().create_client("s3")
    found = client.list_objects_v2(Bucket=aws["PHOTOS_BUCKET"], Prefix=f"photos/{user.user_id}/")
    return [item["Key"] for item in found.get("Contents", [])]


def test_whoever_has_not_submitted_sees_the_state_none(user: User) -> None:
    assert call("read", user.user_id)[:2] == (200, {"state": "none", **NEVER})


def test_a_submission_is_shown_masked_and_answers_a_repetition_alike(user: User, phone: str) -> None:
    photo_key = upload(user.user_id)
    status, shown = submit(user, phone, photoKey=photo_key)
    assert (status, shown["state"], shown["name"], shown["certificateType"]) == (200, "underReview", "王小明", "idCard")
    number = citizen(phone)[0]
    assert shown["certificateNumber"] == f"{number[:3]}***********{number[-4:]}"
    assert shown["submittedAt"].endswith("+08:00")
    assert (shown["decidedAt"], shown["reason"]) == (None, "")
    assert submit(user, phone, photoKey=photo_key) == (200, shown)
    assert call("read", user.user_id)[1] == shown


def test_what_waits_cannot_be_submitted_otherwise(user: User, phone: str) -> None:
    first, second = upload(user.user_id), upload(user.user_id)
    submit(user, phone, photoKey=first)
    status, problem = submit(user, phone, photoKey=second)
    assert (status, problem["rule"]) == (409, "identityOpen")
    assert call("upload", user.user_id)[0] == 409


def test_a_content_that_is_no_image_is_refused_when_it_is_submitted(user: User, phone: str) -> None:
    status, problem = submit(user, phone, photoKey=upload(user.user_id, b"%PDF-1.7 not a photo"))
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["photoKey"])
    assert call("read", user.user_id)[1]["state"] == "none"


def test_a_wrong_number_and_an_upload_that_is_missing_are_named(user: User, phone: str) -> None:
    status, problem, _ = call("submit_with_wrong_check_digit", user.user_id)
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["certificateNumber", "photoKey"])
    status, problem = submit(user, phone, photoKey=f"uploads/{user.user_id}/{'0' * 32}.png")
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["photoKey"])


def test_a_locked_user_is_refused(user: User, phone: str) -> None:
    photo_key = upload(user.user_id)
    UserItem.from_domain(replace(user, locked=True, lock_reason="x")).save()
    assert call("upload", user.user_id)[0] == 403
    assert submit(user, phone, photoKey=photo_key)[0] == 403


def test_a_certificate_belongs_to_one_account(aws: dict[str, str], user: User, phone: str) -> None:
    other = DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(replace(user, user_id=uuid4().hex[:26]))
    assert submit(user, phone)[0] == 200
    status, problem = submit(other, phone, certificateType="householdRegister")
    assert (status, problem["type"], problem["rule"]) == (409, "urn:guahao:problem:duplicate-certificate", "certificateOnce")


def test_a_rejection_reaches_the_user_and_can_be_answered_by_a_new_submission(aws: dict[str, str], user: User, phone: str) -> None:
    submit(user, phone)
    submitted = identities().get(user.user_id)
    assert submitted
    assert follow(None, submitted) == []
    before, rejected = decide(user, approved=False, reason="照片不清晰")
    told = {"userId": user.user_id, "submissionId": submitted.submission_id, "kind": "rejected"}
    assert [json.loads(body).items() >= told.items() for body in follow(before, rejected)] == [True]
    follow(before, rejected, repeat=True)
    assert len(texts_to(aws, phone)) == 1
    assert "照片不清晰" in texts_to(aws, phone)[0]
    shown = call("read", user.user_id)[1]
    assert (shown["state"], shown["reason"]) == ("rejected", "照片不清晰")
    assert submit(user, phone, name="王晓明")[1]["state"] == "underReview"
    second = identities().get(user.user_id)
    assert second
    follow(rejected, second)
    assert photos_of(aws, user) == [second.photo_key]
    follow(*decide(user, approved=True))
    assert [("已通过" in text) for text in texts_to(aws, phone)] == [False, True]
    verified = DynamoAccounts(aws["ACCOUNTS_TABLE"]).get(user.user_id)
    assert verified
    verified.require_may_book()
    assert verified.name == "王晓明"


def test_no_log_line_and_no_message_tells_a_phone_a_name_or_a_certificate(user: User, phone: str, log: StringIO) -> None:
    photo_key = upload(user.user_id)
    submit(user, phone, photoKey=photo_key)
    submit(user, phone, photoKey=photo_key, name="王晓明")
    submit(user, phone, photoKey="x")
    messages = follow(*decide(user, approved=False, reason="照片不清晰"))
    assert [json.loads(line).get("status") for line in log.getvalue().splitlines()] == [201, 200, 409, 400, None, None]
    for secret in (phone, citizen(phone)[0], "王小明", "王晓明", "照片不清晰"):
        assert secret not in log.getvalue() + "".join(messages)
