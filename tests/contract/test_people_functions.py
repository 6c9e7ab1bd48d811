"""The functions that serve people answer their sample events, on real servers, with the right status and nothing too much."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from logging import StreamHandler
from typing import Any
from uuid import uuid4

import httpx
import pytest
from infra.functions import load_handler
from redis import Redis

from guahao.bootstrap.accounts import account_desk, login_code_desk
from guahao.bootstrap.patients import patients
from guahao.bootstrap.tokens import tokens
from guahao.runtime.logging import JsonFormatter, get_logger
from tests.functions import sample_event
from tests.servers import free_port

PHONE = "13800000001"
CACHED = (login_code_desk, account_desk, patients, tokens)


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str], redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the functions at the servers, with no memory of codes, and use cases built anew."""
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("LOGIN_CODES_PER_ADDRESS_HOUR", "30")
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
    _forget()
    yield
    _forget()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give what the functions write to their logs."""
    lines, loggers = StringIO(), [get_logger(function) for function in ("login_code", "login", "patients", "authorizer")]
    handler = StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)


def _forget() -> None:
    for build in CACHED:
        build.cache_clear()


def call(function: str, case: str, user_id: str = "", **changes: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, body and headers of a sample event, asked by the user."""
    event = {**sample_event(function, case), **changes}
    if user_id:
        event["requestContext"]["authorizer"]["principalId"] = user_id
    answer = load_handler(function)(event, None)
    assert answer["headers"]["X-Correlation-Id"] == event["requestContext"]["requestId"]
    return answer["statusCode"], json.loads(answer["body"] or "{}"), answer["headers"]


def log_in(endpoint: str, phone: str = PHONE) -> dict[str, Any]:
    """Ask for a code, read the SMS, log in with it and return the session's body."""
    assert call("login_code", "send", body=json.dumps({"phone": phone}))[:2] == (202, {})
    status, body, _ = call("login", "log_in", body=json.dumps({"phone": phone, "code": latest_code(endpoint, phone)}))
    assert status == 201
    return body


def latest_code(endpoint: str, phone: str) -> str:
    kept = httpx.get(f"{endpoint}/_ministack/sns/sms-messages", params={"phoneNumber": f"+86{phone}"}).json()["sms_messages"]
    code: str = re.findall(r"[0-9]{6}", kept[f"+86{phone}"][-1]["Message"])[0]
    return code


def test_a_login_by_sms_opens_the_profile(aws: dict[str, str]) -> None:
    session = log_in(aws["AWS_ENDPOINT_URL"])
    assert set(session) == {"token", "expiresAt", "user"}
    assert session["expiresAt"].endswith("+08:00")
    user_id = session["user"]["userId"]
    assert session["user"] == {"userId": user_id, "phone": "138****0001", "name": "", "identityState": "none"}
    assert call("login", "me", user_id)[:2] == (200, session["user"])


def test_the_authorizer_knows_the_session_and_nobody_else(aws: dict[str, str], log: StringIO) -> None:
    session = log_in(aws["AWS_ENDPOINT_URL"])
    authorize, event = load_handler("authorizer"), sample_event("authorizer", "bearer")
    answer = authorize({**event, "authorizationToken": f"Bearer {session['token']}"}, None)
    assert (answer["principalId"], answer["context"]) == (session["user"]["userId"], {"role": "user"})
    stage = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/v1/*"
    assert answer["policyDocument"]["Statement"] == [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": stage}]
    for refused in (event, sample_event("authorizer", "no_bearer")):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorize(refused, None)
    assert session["token"] not in log.getvalue()


def test_a_code_is_not_sent_twice_in_a_minute() -> None:
    assert call("login_code", "send")[0] == 202
    status, problem, headers = call("login_code", "send")
    assert (status, problem["rule"]) == (429, "loginCodesPerMinute")
    assert datetime.fromisoformat(problem["retryAt"]) > datetime.now(UTC)
    assert headers["Content-Type"] == "application/problem+json"


def test_logging_in_without_redis_is_a_503_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    status, problem, _ = call("login_code", "send")
    assert (status, problem["type"]) == (503, "urn:guahao:problem:unavailable")
    assert "memory of login codes" in problem["detail"]


def test_a_patient_is_created_once_and_found_by_its_user_alone() -> None:
    user_id, other = uuid4().hex, uuid4().hex
    status, patient, headers = call("patients", "create", user_id)
    told = json.loads(sample_event("patients", "create")["body"])
    assert (status, headers["Location"]) == (201, f"/api/me/patients/{patient['patientId']}")
    shown = {**told, "patientId": patient["patientId"], "certificateNumber": "110***********0011", "phone": "139****0002"}
    contact = {"name": "李梅", "phone": "139****0003", "certificateType": None, "certificateNumber": None}
    assert patient == {**shown, "contact": contact}
    assert call("patients", "create", user_id)[0] == 409
    assert call("patients", "find", user_id)[:2] == (200, {"items": [patient], "nextCursor": None})
    address = {"pathParameters": {"patientId": patient["patientId"]}}
    assert call("patients", "read", user_id, **address)[:2] == (200, patient)
    assert call("patients", "read", other, **address)[0] == 404
    assert call("patients", "find", other)[1] == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    ("function", "case", "status", "fields"),
    [
        ("login_code", "bad_mobile_number", 400, ["phone"]),
        ("login", "log_in", 401, []),
        ("login", "bad_not_json", 400, []),
        ("login", "me_without_token", 401, []),
        ("patients", "create_with_wrong_check_digit", 400, ["certificateNumber"]),
        ("patients", "bad_limit", 400, ["limit"]),
        ("patients", "read", 404, []),
        ("patients", "read_without_token", 401, []),
    ],
)
def test_a_bad_request_has_its_own_problem(function: str, case: str, status: int, fields: list[str]) -> None:
    answered, problem, headers = call(function, case)
    assert (answered, problem["status"], headers["Content-Type"]) == (status, status, "application/problem+json")
    assert [fault["field"] for fault in problem.get("errors", [])] == fields


def test_no_log_line_tells_a_phone_or_a_certificate(log: StringIO) -> None:
    call("login_code", "send")
    call("patients", "create", uuid4().hex)
    call("patients", "create_with_wrong_check_digit", uuid4().hex)
    assert [json.loads(line)["status"] for line in log.getvalue().splitlines()] == [202, 201, 400]
    assert PHONE not in log.getvalue()
    assert "1101011990" not in log.getvalue()
