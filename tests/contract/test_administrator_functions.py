"""The functions that serve administrators answer their sample events, on real servers, with the right status and nothing too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from logging import StreamHandler
from time import time
from typing import Any
from uuid import uuid4

import pytest
from infra.functions import load_handler
from pyotp import TOTP

from guahao.adapters.clock import utc_now
from guahao.bootstrap.administration.administrators import administration, administrator_session_service
from guahao.bootstrap.parts import tokens
from guahao.bootstrap.people.authorizer import authorizer
from guahao.domain.administration.administrators import COMMAND
from guahao.domain.errors import Unauthenticated
from guahao.domain.people.sessions import Login
from guahao.runtime.logging import JsonFormatter, get_logger
from guahao.usecases.administration.administrators import Credentials
from tests.functions import forget_use_cases, sample_event

pytestmark = pytest.mark.slow

SESSIONS, ADMINISTRATORS = "administrator_sessions", "administrators"


@pytest.fixture(autouse=True)
def environment(aws: dict[str, str]) -> Iterator[None]:
    """Let the functions build their use cases anew."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    forget_use_cases()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give what the functions write to their logs."""
    lines, loggers = StringIO(), [get_logger(function) for function in (SESSIONS, ADMINISTRATORS)]
    handler = StreamHandler(lines)
    handler.setFormatter(JsonFormatter())
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def owner() -> Credentials:
    return administration().create(COMMAND, f"owner-{uuid4().hex[:16]}", "owner")


def call(function: str, case: str, principal: str = "", token_id: str = "", **changes: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, body and headers of a sample event, asked by the administrator."""
    event = {**sample_event(function, case), **changes}
    if principal:
        event["requestContext"]["authorizer"] |= {"principalId": principal, "tokenId": token_id}
    answer = load_handler(function)(event, None)
    return answer["statusCode"], json.loads(answer["body"] or "{}"), answer["headers"]


def code(secret: str, steps_later: int = 0) -> str:
    return TOTP(secret).at(time(), counter_offset=steps_later)


def log_in(username: str, password: str, totp: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    return call(SESSIONS, "log_in", body=json.dumps({"username": username, "password": password, "totp": totp}))


def log_in_with(credentials: Credentials) -> dict[str, Any]:
    """Return the body of a session opened with the right credentials."""
    name = credentials.administrator.username
    status, session, headers = log_in(name, credentials.password, code(credentials.totp_secret))
    assert (status, headers["Location"]) == (201, "/api/admin/me")
    return session


def open_session(name: str) -> str:
    """Return the token of a session that took no code."""
    now = utc_now()
    issued = tokens().issue(name, "operator", now)
    administrator_session_service().logins.open(Login(name, issued.token_id, now, "203.0.113.7", issued.expires_at))
    assert authorizer().authenticate(issued.token).user_id == name
    return issued.token


def create(owner: Credentials, role: str) -> dict[str, Any]:
    """Return the credentials of a new administrator as the owner sees them."""
    name = f"{role}-{uuid4().hex[:16]}"
    body = json.dumps({"username": name, "role": role})
    status, shown, headers = call(ADMINISTRATORS, "create", owner.administrator.username, body=body)
    assert (status, headers["Location"]) == (201, "/api/admin/administrators")
    return shown


def test_a_session_opens_with_password_and_code_and_its_token_is_known(owner: Credentials) -> None:
    session = log_in_with(owner)
    name = owner.administrator.username
    assert set(session) == {"token", "expiresAt", "administrator"}
    assert session["administrator"] == {"username": name, "role": "owner"}
    principal = authorizer().authenticate(session["token"])
    assert (principal.user_id, principal.role) == (name, "owner")
    assert call(SESSIONS, "me", name)[:2] == (200, session["administrator"])


def test_an_ended_session_is_known_no_more(owner: Credentials) -> None:
    session = log_in_with(owner)
    principal = authorizer().authenticate(session["token"])
    for _ in range(2):
        assert call(SESSIONS, "log_out", principal.user_id, principal.token_id)[:2] == (204, {})
    with pytest.raises(Unauthenticated):
        authorizer().authenticate(session["token"])


def test_a_new_administrator_is_shown_once_and_logs_in(owner: Credentials) -> None:
    shown = create(owner, "auditor")
    made = shown["administrator"]
    assert set(shown) == {"administrator", "password", "totpSecret", "totpUri"}
    assert made == {"username": made["username"], "role": "auditor", "createdAt": made["createdAt"], "locked": False, "lockReason": ""}
    assert log_in(made["username"], shown["password"], code(shown["totpSecret"]))[0] == 201
    again = json.dumps({"username": made["username"], "role": "owner"})
    status, problem, _ = call(ADMINISTRATORS, "create", owner.administrator.username, body=again)
    assert (status, problem["rule"]) == (409, "usernameFree")
    page, listed = call(ADMINISTRATORS, "find", owner.administrator.username)[1], []
    while page["nextCursor"]:
        listed += page["items"]
        query = {"limit": "100", "cursor": page["nextCursor"]}
        page = call(ADMINISTRATORS, "find_page", owner.administrator.username, queryStringParameters=query)[1]
    assert made in listed + page["items"]


def test_a_locked_administrator_is_out_and_comes_back_unlocked(owner: Credentials) -> None:
    shown = create(owner, "operator")
    name = shown["administrator"]["username"]
    token = log_in(name, shown["password"], code(shown["totpSecret"]))[1]["token"]
    one = {"pathParameters": {"username": name}}
    status, locked, _ = call(ADMINISTRATORS, "lock", owner.administrator.username, **one)
    assert (status, locked["locked"], locked["lockReason"]) == (200, True, "已离职")
    with pytest.raises(Unauthenticated):
        authorizer().authenticate(token)
    assert call(SESSIONS, "me", name)[0] == 403
    assert log_in(name, shown["password"], code(shown["totpSecret"], 1))[1]["rule"] == "accountOpen"
    status, unlocked, _ = call(ADMINISTRATORS, "unlock", owner.administrator.username, **one)
    assert (status, unlocked) == (200, {**locked, "locked": False, "lockReason": ""})
    with pytest.raises(Unauthenticated):
        authorizer().authenticate(token)
    again = log_in(name, shown["password"], code(shown["totpSecret"], 1))[1]["token"]
    assert authorizer().authenticate(again).user_id == name
    assert call(ADMINISTRATORS, "lock", owner.administrator.username)[0] == 404
    self = {"pathParameters": {"username": owner.administrator.username}}
    assert call(ADMINISTRATORS, "lock", owner.administrator.username, **self)[1]["rule"] == "notYourself"


def test_credentials_are_reset_by_an_owner_and_the_password_changed_by_oneself(owner: Credentials) -> None:
    old = create(owner, "operator")
    name = old["administrator"]["username"]
    token = open_session(name)
    status, new, _ = call(ADMINISTRATORS, "reset_credentials", owner.administrator.username, pathParameters={"username": name})
    assert (status, new["administrator"]) == (200, old["administrator"])
    with pytest.raises(Unauthenticated):
        authorizer().authenticate(token)
    assert log_in(name, old["password"], code(old["totpSecret"]))[0] == 401
    change = {"password": new["password"], "totp": code(new["totpSecret"]), "newPassword": "my own long password"}
    token = open_session(name)
    assert call(SESSIONS, "change_password", name, body=json.dumps(change))[:2] == (204, {})
    with pytest.raises(Unauthenticated):
        authorizer().authenticate(token)
    assert log_in(name, new["password"], code(new["totpSecret"], 1))[0] == 401
    assert log_in(name, "my own long password", code(new["totpSecret"], 1))[0] == 201


def test_wrong_credentials_of_every_kind_get_one_answer_and_then_none(owner: Credentials) -> None:
    name, right = owner.administrator.username, code(owner.totp_secret)
    wrong = [(name, owner.password, f"{(int(right) + 1) % 1_000_000:06}"), (name, "a wrong password", right)]
    unknown = f"nobody-{uuid4().hex[:16]}"
    answers = [log_in(*attempt) for attempt in [*wrong, (unknown, owner.password, right)]]
    assert {(status, json.dumps(problem)) for status, problem, _ in answers} == {(401, json.dumps(answers[0][1]))}
    assert [log_in(name, "a wrong password", right)[0] for _ in range(3)] == [401] * 3
    status, problem, headers = log_in(name, owner.password, right)
    assert (status, problem["rule"], headers["Content-Type"]) == (429, "loginAttempts", "application/problem+json")
    assert problem["retryAt"].endswith("+08:00")


@pytest.mark.parametrize(
    ("function", "case", "status", "fields"),
    [
        (SESSIONS, "bad_code", 400, ["totp"]),
        (SESSIONS, "bad_username", 400, ["username"]),
        (SESSIONS, "bad_short_password", 400, ["newPassword"]),
        (SESSIONS, "log_out_without_token", 401, []),
        (SESSIONS, "me_without_token", 401, []),
        (SESSIONS, "me", 401, []),
        (ADMINISTRATORS, "bad_limit", 400, ["limit"]),
        (ADMINISTRATORS, "bad_role", 400, ["role"]),
        (ADMINISTRATORS, "bad_username", 400, ["username"]),
        (ADMINISTRATORS, "bad_lock_without_reason", 400, ["reason"]),
        (ADMINISTRATORS, "create_with_reserved_name", 400, ["username"]),
        (ADMINISTRATORS, "create", 409, []),
        (ADMINISTRATORS, "find_without_token", 401, []),
        (ADMINISTRATORS, "reset_credentials", 404, []),
    ],
)
def test_a_bad_request_has_its_own_problem(function: str, case: str, status: int, fields: list[str]) -> None:
    answered, problem, headers = call(function, case)
    assert (answered, problem["status"], headers["Content-Type"]) == (status, status, "application/problem+json")
    assert [fault["field"] for fault in problem.get("errors", [])] == fields


@pytest.mark.parametrize("role", ["operator", "auditor", "user"])
def test_only_an_owner_reaches_administrators(role: str) -> None:
    event = sample_event(ADMINISTRATORS, "find")
    event["requestContext"]["authorizer"]["role"] = role
    assert load_handler(ADMINISTRATORS)(event, None)["statusCode"] == 403


def test_no_log_line_tells_what_opens_an_account(owner: Credentials, log: StringIO) -> None:
    shown = create(owner, "operator")
    totp = code(shown["totpSecret"])
    token = log_in(shown["administrator"]["username"], shown["password"], totp)[1]["token"]
    log_in(shown["administrator"]["username"], shown["password"], totp)
    log_in(owner.administrator.username, owner.password, "12345x")
    assert [json.loads(line)["status"] for line in log.getvalue().splitlines()] == [201, 201, 401, 400]
    for secret in (owner.password, shown["password"], shown["totpSecret"], token, f'"{totp}"'):
        assert secret not in log.getvalue()
