"""The functions that serve people answer their sample events, on real servers, with the right status and nothing too much."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from logging import StreamHandler
from typing import Any
from uuid import uuid4

import httpx
import pytest
from infra.functions import load_handler
from infra.seed.dictionary import load_dictionary
from redis import Redis

from guahao.adapters.dynamo.accounts import UserItem
from guahao.bootstrap.dictionary.imports import dictionary_publisher
from guahao.bootstrap.people.login import login_service
from guahao.domain.time import shanghai_date
from guahao.runtime.logging import JsonFormatter, get_logger
from tests.functions import forget_use_cases, sample_event
from tests.proofs import nonce_for
from tests.servers import free_port, new_secret

PHONE = "13800000001"


@pytest.fixture(autouse=True)
def environment(redis_url: str, redis_secret: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the functions at the servers, with no memory of codes, and use cases built anew."""
    monkeypatch.setenv("REDIS_SECRET", redis_secret)
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
    forget_use_cases()


def call(function: str, case: str, user_id: str = "", token_id: str = "", **changes: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, body and headers of a sample event, asked by the user."""
    event = {**sample_event(function, case), **changes}
    if user_id:
        event["requestContext"]["authorizer"] |= {"principalId": user_id, "tokenId": token_id}
    answer = load_handler(function)(event, None)
    assert answer["headers"]["X-Correlation-Id"] == event["requestContext"]["requestId"]
    return answer["statusCode"], json.loads(answer["body"] or "{}"), answer["headers"]


def log_in(endpoint: str, phone: str = PHONE) -> dict[str, Any]:
    """Ask for a code, read the SMS, log in with it and return the session's body."""
    status, receipt, _ = call("login_code", "send", body=json.dumps({"phone": phone}))
    assert (status, set(receipt)) == (202, {"requestId", "nextCodeAt"})
    told = {"phone": phone, "code": latest_code(endpoint, phone), "requestId": receipt["requestId"]}
    status, body, _ = call("login", "log_in", body=json.dumps(told))
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
    assert session["user"] == {"userId": user_id, "phone": "138****0001", "name": "", "identityState": "none", "language": "zh"}
    assert call("login", "me", user_id)[:2] == (200, session["user"])


def test_a_user_chooses_the_language_of_their_sms(aws: dict[str, str]) -> None:
    user_id = log_in(aws["AWS_ENDPOINT_URL"], "13800000077")["user"]["userId"]
    status, profile, _ = call("login", "change", user_id)
    assert (status, profile["language"]) == (200, "en")
    assert call("login", "me", user_id)[1] == profile
    assert call("login", "bad_language", user_id)[0] == 400


def authorize(token: str) -> dict[str, Any]:
    """Return what the gateway hears of the token."""
    event = {**sample_event("authorizer", "bearer"), "authorizationToken": f"Bearer {token}"}
    answer: dict[str, Any] = load_handler("authorizer")(event, None)
    return answer


def test_the_authorizer_knows_the_session_and_nobody_else(aws: dict[str, str], log: StringIO) -> None:
    session = log_in(aws["AWS_ENDPOINT_URL"])
    answer = authorize(session["token"])
    assert answer["principalId"] == session["user"]["userId"]
    assert answer["context"]["role"] == "user"
    stage = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/v1/*"
    assert answer["policyDocument"]["Statement"] == [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": stage}]
    for case in ("bearer", "no_bearer"):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            load_handler("authorizer")(sample_event("authorizer", case), None)
    assert session["token"] not in log.getvalue()


def test_logging_out_ends_the_session_for_the_authorizer(aws: dict[str, str]) -> None:
    token = log_in(aws["AWS_ENDPOINT_URL"])["token"]
    seen = authorize(token)
    session = (seen["principalId"], seen["context"]["tokenId"])
    for _ in range(2):
        assert call("login", "log_out", *session)[:2] == (204, {})
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(token)
    latest = call("login", "logins", *session)[1]["items"][0]
    assert latest["endedAt"] >= latest["at"]


def test_a_locked_users_token_is_refused_by_the_authorizer(aws: dict[str, str]) -> None:
    session = log_in(aws["AWS_ENDPOINT_URL"])
    user = login_service().accounts.get(session["user"]["userId"])
    assert user is not None
    UserItem.from_domain(replace(user, locked=True)).save()
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(session["token"])
    UserItem.from_domain(user).save()
    assert authorize(session["token"])["principalId"] == user.user_id


def test_a_user_sees_the_own_logins_alone(aws: dict[str, str]) -> None:
    user_id = log_in(aws["AWS_ENDPOINT_URL"], "13800000009")["user"]["userId"]
    status, body, _ = call("login", "logins", user_id)
    (login,) = body["items"]
    assert (status, set(body)) == (200, {"items"})
    assert login == {"at": login["at"], "address": "203.0.113.7", "endedAt": None}
    assert login["at"].endswith("+08:00")
    assert call("login", "logins", uuid4().hex)[:2] == (200, {"items": []})


def test_a_code_is_not_sent_twice_in_a_minute() -> None:
    assert call("login_code", "send")[0] == 202
    status, problem, headers = call("login_code", "send")
    assert (status, problem["rule"]) == (429, "loginCodesPerMinute")
    assert datetime.fromisoformat(problem["retryAt"]) > datetime.now(UTC)
    assert headers["Content-Type"] == "application/problem+json"


def test_a_challenge_is_told_and_its_answer_opens_the_way(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIN_CODE_CHALLENGE_AFTER_PHONE_DAY", "0")
    status, problem, headers = call("login_code", "send")
    assert (status, problem["type"], problem["rule"]) == (429, "urn:guahao:problem:challenge-needed", "loginCodes")
    assert headers["Content-Type"] == "application/problem+json"
    challenge = problem["challenge"]
    assert set(challenge) == {"kind", "salt", "bits", "expiresAt"}
    assert (challenge["kind"], challenge["bits"]) == ("sha256", 15)
    assert datetime.fromisoformat(challenge["expiresAt"]) > datetime.now(UTC)
    proof = {"salt": challenge["salt"], "nonce": nonce_for(challenge["salt"], challenge["bits"])}
    asked = json.dumps({"phone": PHONE, "proof": proof})
    assert call("login_code", "send", body=asked)[0] == 202


def test_the_fifth_code_of_an_hour_is_kept_for_where_the_phone_logged_in(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGIN_CODE_PER_PHONE_MINUTE", "LOGIN_CODE_CHALLENGE_AFTER_PHONE_DAY"):
        monkeypatch.setenv(name, "1000")
    monkeypatch.setenv("LOGIN_CODE_PER_PHONE_HOUR", "4")
    phone = f"137{uuid4().int % 10**8:08}"
    log_in(aws["AWS_ENDPOINT_URL"], phone)
    asked = {**sample_event("login_code", "send"), "body": json.dumps({"phone": phone})}
    stranger = copy.deepcopy(asked)
    stranger["requestContext"]["identity"]["sourceIp"] = "198.51.100.1"
    handler = load_handler("login_code")
    assert [handler(event, None)["statusCode"] for event in (stranger, stranger, stranger, asked)] == [202, 202, 429, 202]


def test_logging_in_without_redis_is_a_503_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_SECRET", new_secret(f"redis://127.0.0.1:{free_port()}/0"))
    status, problem, _ = call("login_code", "send")
    assert (status, problem["type"]) == (503, "urn:guahao:problem:unavailable")
    assert "store of login codes" in problem["detail"]


def test_a_patient_is_created_once_and_found_by_its_user_alone() -> None:
    user_id, other = uuid4().hex, uuid4().hex
    status, patient, headers = call("patients", "create", user_id)
    told = json.loads(sample_event("patients", "create")["body"])
    assert (status, headers["Location"]) == (201, f"/api/me/patients/{patient['patientId']}")
    shown = {
        **told,
        "patientId": patient["patientId"],
        "certificateNumber": "110***********0011",
        "phone": "139****0002",
        "issuingState": "",
    }
    contact = {
        "name": "李梅",
        "phone": "139****0003",
        "certificateType": None,
        "certificateNumber": None,
        "issuingState": "",
        "birthDate": None,
    }
    assert patient == {**shown, "contact": contact, "bookingBannedUntil": None}
    assert call("patients", "create", user_id)[0] == 409
    assert call("patients", "find", user_id)[:2] == (200, {"items": [patient], "nextCursor": None})
    address = {"pathParameters": {"patientId": patient["patientId"]}}
    assert call("patients", "read", user_id, **address)[:2] == (200, patient)
    assert call("patients", "read", other, **address)[0] == 404
    assert call("patients", "find", other)[1] == {"items": [], "nextCursor": None}


def test_a_newborn_is_told_without_a_certificate_and_shown_so() -> None:
    mother = {"name": "李梅", "phone": "13900000003", "certificateType": "hkMacaoPermit", "certificateNumber": "H12345678"}
    newborn = {"name": "李梅之子", "certificateType": "none", "sex": "male", "phone": "13900000003"}
    newborn |= {"birthDate": str(shanghai_date(datetime.now(UTC))), "contact": mother | {"birthDate": "1990-03-07"}}
    status, patient, _ = call("patients", "create", user_id := uuid4().hex, body=json.dumps(newborn))
    assert status == 201
    assert (patient["certificateType"], patient["certificateNumber"], patient["issuingState"]) == ("none", "", "")
    assert patient["contact"]["certificateNumber"] == "H******78"
    assert call("patients", "read", user_id, pathParameters={"patientId": patient["patientId"]})[:2] == (200, patient)


def test_a_patient_is_changed_and_removed_by_its_user_alone() -> None:
    user_id, other = uuid4().hex, uuid4().hex
    patient = call("patients", "create", user_id)[1]
    address = {"pathParameters": {"patientId": patient["patientId"]}}
    assert [call("patients", case, other, **address)[0] for case in ("change", "remove")] == [404, 404]
    changes = {"phone": "139****0004", "married": False, "address": "朝阳区示例路2号", "districtCode": "110105"}
    assert call("patients", "change", user_id, **address)[:2] == (200, patient | changes)
    assert call("patients", "read", user_id, **address)[1] == patient | changes
    assert call("patients", "remove", user_id, **address)[:2] == (204, {})
    assert [call("patients", case, user_id, **address)[0] for case in ("read", "change", "remove")] == [404, 404, 404]
    assert call("patients", "create", user_id)[0] == 201


@pytest.mark.slow
def test_a_patients_region_is_one_of_the_dictionary(dictionary_table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DICTIONARY_TABLE", dictionary_table)
    load_dictionary(dictionary_publisher())
    told = {**json.loads(sample_event("patients", "create")["body"]), "districtCode": "110199"}
    status, problem, _ = call("patients", "create", uuid4().hex, body=json.dumps(told))
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["districtCode"])
    assert call("patients", "create", uuid4().hex)[0] == 201


@pytest.mark.parametrize(
    ("function", "case", "status", "fields"),
    [
        ("login_code", "bad_mobile_number", 400, ["phone"]),
        ("login_code", "bad_proof", 400, ["proof.nonce"]),
        ("login", "log_in", 401, []),
        ("login", "bad_without_request_id", 400, ["requestId"]),
        ("login", "bad_not_json", 400, []),
        ("login", "me_without_token", 401, []),
        ("login", "log_out_without_token", 401, []),
        ("patients", "create_with_wrong_check_digit", 400, ["certificateNumber"]),
        ("patients", "create_minor_without_guardian", 400, ["contact"]),
        ("patients", "bad_change_without_birth_date", 400, ["birthDate"]),
        ("patients", "change", 404, []),
        ("patients", "remove", 404, []),
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
