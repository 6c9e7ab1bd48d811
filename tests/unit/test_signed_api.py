"""Routes for hospitals: who calls is proven by the request's own signature."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from guahao.contracts import Message
from guahao.domain.errors import Unauthenticated
from guahao.runtime.api import Allow, Answer, Api, Call, SignedRequest


class Thing(Message):
    name: str


proven: list[SignedRequest] = []


class Signatures:
    """Knows a hospital by its name alone."""

    def verify(self, request: SignedRequest) -> str:
        proven.append(request)
        if request.headers.get("x-hospital-code") != "1000":
            raise Unauthenticated("who are you")
        return "1000"


api = Api("gateway", Signatures)


@api.route("PUT", "/gateway/{id}", allow=Allow.HOSPITAL, input=Thing)
def publish(call: Call[Thing]) -> Answer:
    """Tell who calls."""
    return Answer(call.principal, headers={"Content-Type": "text/plain"})


@api.route("GET", "/open", allow=Allow.ANYONE)
def look_in(call: Call[None]) -> Answer:
    """Tell who calls."""
    return Answer(call.principal, headers={"Content-Type": "text/plain"})


def call(body: str, code: str = "1000", query: dict[str, list[str]] | None = None, **changes: Any) -> dict[str, Any]:
    event = {
        "httpMethod": "PUT",
        "path": "/gateway/a.b",
        "headers": {"X-Hospital-Code": code},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} if query else None,
        "multiValueQueryStringParameters": query,
        "pathParameters": {"id": "a.b"},
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
        # A session's token tells nothing of a hospital.
        "requestContext": {"resourcePath": "/gateway/{id}", "httpMethod": "PUT", "authorizer": {"principalId": "10001", "role": "user"}},
    }
    proven.clear()
    return api({**event, **changes}, None)


def test_a_hospitals_route_is_open_to_whom_its_signature_proves() -> None:
    answer = call('{"name": "号"}')
    assert (answer["statusCode"], answer["body"]) == (200, "1000")
    assert proven == [SignedRequest("PUT", "/gateway/a.b", {"x-hospital-code": "1000"}, '{"name": "号"}'.encode())]


def test_who_is_not_proven_learns_nothing_of_the_request() -> None:
    for body in ('{"name": "a"}', "{", '{"more": 1}'):
        assert json.loads(call(body, "10001")["body"])["detail"] == "who are you"


@pytest.mark.parametrize(
    ("query", "signed"),
    [
        ({"limit": ["2"], "cursor": ["a/b c~号"]}, "?cursor=a%2Fb%20c~%E5%8F%B7&limit=2"),
        ({"b": ["2", "1"], "a": [""], "+": ["&="]}, "?%2B=%26%3D&a=&b=2&b=1"),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_query_is_signed_sorted_by_name_and_encoded(query: dict[str, list[str]] | None, signed: str) -> None:
    call('{"name": "a"}', query=query)
    assert [request.path_and_query for request in proven] == [f"/gateway/a.b{signed}"]


def test_a_body_that_came_in_base64_is_signed_as_it_was_sent() -> None:
    call(b64encode(b'{"name": "\xff"}').decode(), isBase64Encoded=True)
    assert proven[0].body == b'{"name": "\xff"}'


def test_only_a_hospitals_route_asks_who_signed() -> None:
    context = {"resourcePath": "/open", "httpMethod": "GET", "authorizer": None}
    assert call("", httpMethod="GET", requestContext=context)["body"] == ""
    assert proven == []


def test_a_hospitals_route_without_a_proof_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="signatures"):
        Api("careless").route("GET", "/gateway", allow=Allow.HOSPITAL)
