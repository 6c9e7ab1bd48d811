"""The glue between Lambda and the use cases: what a caller sends, what a caller gets."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import Field

from guahao.contracts import Date, Instant, Message
from guahao.domain.errors import DomainError, Invalid, NotReleased, NumberSoldOut, Unavailable
from guahao.runtime.api import Allow, Answer, Api, Call, created

MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Thing(Message):
    name: str = Field(max_length=5)
    made_at: Instant = MOMENT


class Query(Message):
    limit: int = 20
    first: Date | None = Field(None, alias="from")


class Case(Message):
    inner_things: list[Thing]


api = Api("test")
raised: list[Exception] = []


@api.route("POST", "/things", allow=Allow.USER, input=Thing, answer=Thing, status=201, idempotent=True)
def make(call: Call[Thing]) -> Answer:
    """Make a thing."""
    return created(f"/things/{call.idempotency_key}", call.input)


@api.route("GET", "/things", allow=Allow.ANYONE, input=Query, answer=Thing)
def look(call: Call[Query]) -> Thing:
    """Look at things."""
    return Thing(name=str(call.input.limit))


@api.route("POST", "/cases", allow=Allow.ANYONE, input=Case, answer=Case, idempotent_if_asked=True)
def pack(call: Call[Case]) -> Case:
    """Pack things."""
    return call.input


@api.route("PUT", "/quiet", allow=Allow.ANYONE, status=202)
def quiet(call: Call[None]) -> Answer:
    """Answer nothing."""
    return Answer(status=202)


for _allow in set(Allow) - {Allow.HOSPITAL}:

    @api.route("GET", f"/of/{_allow}", allow=_allow)
    def enter(call: Call[None]) -> Answer:
        """Tell who calls by which token."""
        return Answer(f"{call.principal} {call.token_id}", headers={"Content-Type": "text/plain"})


@api.route("POST", "/raw/{id}", allow=Allow.ANYONE)
def fail(call: Call[None]) -> Answer:
    """Raise what the test wants, or answer what came."""
    if raised:
        raise raised.pop()
    return Answer(call.path["id"] + call.raw_body, headers={"Content-Type": "text/plain"})


@api.route("PUT", "/file", allow=Allow.ANYONE, media_type="application/pdf")
def weigh(call: Call[None]) -> Answer:
    """Answer the bytes that came as text."""
    return Answer(call.raw_bytes.hex() + call.raw_body, headers={"Content-Type": "text/plain"})


def call(method: str = "POST", path: str = "/things", body: str | None = '{"name": "a"}', **changes: Any) -> dict[str, Any]:
    event = {
        "httpMethod": method,
        "path": path,
        "headers": {"Idempotency-Key": "k"},
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"id": "x"} if "{id}" in path else None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "requestId": "gateway-request-1",
            "authorizer": {"principalId": "u1", "role": "user"},
            "identity": {"sourceIp": "127.0.0.1"},
        },
    }
    return api({**event, **changes}, None)


def problem(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer["body"])
    assert document["status"] == answer["statusCode"]
    return document


def test_what_is_created_has_an_address_and_times_have_an_offset() -> None:
    answer = call()
    assert (answer["statusCode"], answer["headers"]["Location"]) == (201, "/things/k")
    assert json.loads(answer["body"]) == {"name": "a", "madeAt": "2026-03-02T09:00:00+08:00"}


@pytest.mark.parametrize("body", ["{", "", None, "nonsense", "[" * 100_000, '{"a":' * 2000, '{"name": "\\ud800"}', '"\ud800"'])
def test_a_body_that_is_not_json_is_refused(body: str | None) -> None:
    assert problem(call(body=body))["type"] == "urn:guahao:problem:invalid-request"


@pytest.mark.parametrize(
    ("body", "field"),
    [('{"name": "toolong"}', "name"), ("{}", "name"), ('{"name": "a", "more": 1}', "more"), ("[]", ""), ('{"name": {"$gt": ""}}', "name")],
)
def test_every_faulty_field_is_named(body: str, field: str) -> None:
    assert [fault["field"] for fault in problem(call(body=body))["errors"]] == [field]


def test_a_field_has_one_name_on_the_wire() -> None:
    sent = {"innerThings": [{"name": "a", "madeAt": "2026-03-02T09:00:00+08:00"}]}
    assert json.loads(call("POST", "/cases", json.dumps(sent))["body"]) == sent
    refusal = problem(call("POST", "/cases", json.dumps({"innerThings": [{"name": "a", "made_at": "2026-03-02T09:00:00+08:00"}]})))
    assert [fault["field"] for fault in refusal["errors"]] == ["innerThings.0.made_at"]
    assert problem(call("GET", queryStringParameters={"first": "2026-03-02"}))["errors"][0]["field"] == "first"
    assert call("GET", queryStringParameters={"from": "2026-03-02"})["statusCode"] == 200


def test_a_reason_is_in_words_of_ours() -> None:
    errors = problem(call("GET", queryStringParameters={"from": "2026-3-2"}))["errors"]
    assert errors == [{"field": "from", "reason": "write YYYY-MM-DD"}]


def test_a_parameter_that_is_sent_twice_is_refused_by_name() -> None:
    sent = {"limit": ["7", "8"], "from": ["2026-03-02"]}
    last = {name: values[-1] for name, values in sent.items()}
    refusal = problem(call("GET", queryStringParameters=last, multiValueQueryStringParameters=sent))
    assert (refusal["status"], refusal["errors"]) == (400, [{"field": "limit", "reason": "only once"}])


def test_an_answer_without_a_body_claims_no_content() -> None:
    raised.append(NumberSoldOut("d"))
    assert call("POST", "/raw/{id}")["headers"]["Content-Type"] == "application/problem+json"
    assert "Content-Type" not in call("PUT", "/quiet", None)["headers"]


def test_a_query_is_checked_like_a_body() -> None:
    assert json.loads(call("GET", queryStringParameters={"limit": "7"})["body"])["name"] == "7"
    assert problem(call("GET", queryStringParameters={"limit": "x"}))["errors"][0]["field"] == "limit"
    assert problem(call("GET", queryStringParameters={"other": "x"}))["errors"][0]["field"] == "other"


@pytest.mark.parametrize("name", ["", "a\x00b", "\r\n", "\x7f", "\ud800", "x" * 129])
def test_an_address_that_names_what_cannot_be_is_refused(name: str) -> None:
    refusal = problem(call("POST", "/raw/{id}", pathParameters={"id": name}))
    assert (refusal["status"], [fault["field"] for fault in refusal["errors"]]) == (400, ["id"])


@pytest.mark.parametrize(
    "request_part",
    [
        {"multiValueQueryStringParameters": {"limit": ["7", "8"], "\ud800": ["a", "b"]}, "queryStringParameters": {"limit": "8"}},
        {"queryStringParameters": {"limit": "7", "\udfff": "x"}},
        {"queryStringParameters": {"limit": "\ud83d"}},
        {"headers": {"X-Other": "\ud800"}},
    ],
)
def test_half_a_character_is_refused_at_the_edge_and_every_answer_can_be_written(request_part: dict[str, Any]) -> None:
    answer = call("GET", **request_part)
    assert answer["statusCode"] == 400
    json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize("body", ["a", "!!!!", "é", b64encode(b"\xff").decode()])
def test_a_body_that_is_no_text_is_refused(body: str) -> None:
    assert problem(call("POST", "/raw/{id}", body, isBase64Encoded=True))["status"] == 400


def test_of_many_faults_some_are_told_and_in_few_words() -> None:
    errors = problem(call(body=json.dumps({f"{n}{'x' * 1000}": n for n in range(10_000)})))["errors"]
    assert len(errors) == 50
    assert max(len(fault["field"]) for fault in errors) == 100


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "键"])
def test_an_idempotent_route_wants_a_key(key: str) -> None:
    assert "Idempotency-Key" in problem(call(headers={"Idempotency-Key": key}))["detail"]


@pytest.mark.parametrize(("key", "status"), [(None, 200), ("k", 200), ("", 400), ("a b", 400), ("x" * 500, 400), ("键", 400)])
def test_where_a_key_may_be_left_out_it_is_a_key_if_it_is_sent(key: str | None, status: int) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    assert call("POST", "/cases", '{"innerThings": []}', headers=headers)["statusCode"] == status


@pytest.mark.parametrize(("authorizer", "status"), [(None, 401), ({}, 401), ({"principalId": "u1", "role": "operator"}, 403)])
def test_a_users_route_is_for_users(authorizer: dict[str, str] | None, status: int) -> None:
    context = {"resourcePath": "/things", "httpMethod": "POST", "authorizer": authorizer}
    assert problem(call(requestContext=context))["status"] == status


def enter_as(role: str | None, allow: Allow) -> dict[str, Any]:
    """Return the answer to who has a token of the role, or none, at an address for those whom `allow` lets in."""
    authorizer = None if role is None else {"principalId": "u1", "role": role, "tokenId": "t1"}
    context = {"resourcePath": f"/of/{allow}", "httpMethod": "GET", "authorizer": authorizer}
    return call("GET", f"/of/{allow}", None, requestContext=context)


@pytest.mark.parametrize("allow", [allow for allow in Allow if allow.roles])
def test_who_has_no_token_is_asked_to_log_in(allow: Allow) -> None:
    assert problem(enter_as(None, allow))["status"] == 401
    context = {"resourcePath": f"/of/{allow}", "httpMethod": "GET", "authorizer": {}}
    assert problem(call("GET", f"/of/{allow}", None, requestContext=context))["status"] == 401


@pytest.mark.parametrize(
    ("allow", "let_in"),
    [
        (Allow.USER, {"user"}),
        (Allow.OPERATOR, {"operator", "owner"}),
        (Allow.AUDITOR, {"auditor", "owner"}),
        (Allow.OWNER, {"owner"}),
        (Allow.ADMINISTRATOR, {"operator", "auditor", "owner"}),
    ],
)
@pytest.mark.parametrize("role", ["user", "operator", "auditor", "owner", "hospital", ""])
def test_a_route_is_for_its_roles_alone(allow: Allow, let_in: set[str], role: str) -> None:
    answer = enter_as(role, allow)
    if role in let_in:
        assert (answer["statusCode"], answer["body"]) == (200, "u1 t1")
    else:
        assert (problem(answer)["status"], problem(answer)["rule"]) == (403, "role")


@pytest.mark.parametrize("allow", sorted(set(Allow) - {Allow.HOSPITAL} - {allow for allow in Allow if allow.roles}))
def test_where_no_role_is_asked_for_anyone_comes_in(allow: Allow) -> None:
    assert {enter_as(role, allow)["statusCode"] for role in (None, "user", "owner")} == {200}


@pytest.mark.parametrize("content_type", ["application/pdf", "Application/PDF; version=2"])
def test_a_file_arrives_byte_for_byte(content_type: str) -> None:
    sent = b64encode(b"%PDF\xff\x00").decode()
    assert call("PUT", "/file", sent, isBase64Encoded=True, headers={"Content-Type": content_type})["body"] == "25504446ff00"


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}, {"Content-Type": "application/pdf+xml"}])
def test_a_file_of_another_type_is_refused_with_the_type_that_is_wanted(headers: dict[str, str]) -> None:
    assert "application/pdf" in problem(call("PUT", "/file", "%PDF", headers=headers))["detail"]


def test_a_body_sent_in_base64_is_the_same_body() -> None:
    assert call("POST", "/raw/{id}", b64encode("号".encode()).decode(), isBase64Encoded=True)["body"] == "x号"


@pytest.mark.parametrize(
    ("error", "status"),
    [(NumberSoldOut("d"), 409), (NotReleased("d", rule="release", retry_at=MOMENT), 422), (Invalid("d"), 400), (Unavailable("d"), 503)],
)
def test_a_refusal_is_a_problem_document(error: DomainError, status: int) -> None:
    raised.append(error)
    document = problem(call("POST", "/raw/{id}"))
    assert (document["status"], document["type"], document["detail"]) == (status, f"urn:guahao:problem:{error.kind}", "d")
    assert document.get("rule") == error.rule
    assert document.get("retryAt") == (error.retry_at and "2026-03-02T09:00:00+08:00")


def test_a_fault_of_ours_tells_nothing_of_its_inside(capsys: pytest.CaptureFixture[str]) -> None:
    raised.append(ValueError("secret inside"))
    document = problem(call("POST", "/raw/{id}"))
    assert document["status"] == 500
    assert "secret" not in json.dumps(document)


@pytest.mark.parametrize(
    ("sent", "answered"), [("my-request-1", "my-request-1"), ("bad\nvalue", "gateway-request-1"), ("", "gateway-request-1")]
)
def test_every_answer_carries_a_correlation_id(sent: str, answered: str) -> None:
    headers = {"Idempotency-Key": "k", "X-Correlation-Id": sent}
    assert call(headers=headers)["headers"]["X-Correlation-Id"] == answered
    assert call(headers=headers, body="{")["headers"]["X-Correlation-Id"] == answered
