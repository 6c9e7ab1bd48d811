"""Which answers may be kept, for how long, and what a caller hears that has kept one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from infra.functions import apis

from guahao.contracts import Message
from guahao.domain.errors import Unavailable
from guahao.runtime.api import Allow, Answer, Api, Call
from tests.functions import sample_event


class Limit(Message):
    limit: int = 20


api = Api("caching")
raised: list[Exception] = []


@api.route("GET", "/kept", allow=Allow.ANYONE, input=Limit, answer=Limit, cache_seconds=60)
def keep(call: Call[Limit]) -> Limit:
    """Answer what changes seldom."""
    if raised:
        raise raised.pop()
    return call.input


@api.route("GET", "/fresh", allow=Allow.ANYONE, input=Limit, answer=Limit)
def tell(call: Call[Limit]) -> Limit:
    """Answer what may change at once."""
    return call.input


@api.route("GET", "/quiet", allow=Allow.ANYONE, input=Limit, status=204, cache_seconds=60)
def quiet(call: Call[Limit]) -> Answer:
    """Answer nothing."""
    return Answer(status=204)


def asked(path: str = "/kept", if_none_match: str = "", limit: str = "20") -> dict[str, Any]:
    event = sample_event("catalog", "search") | {"path": path, "resource": path, "queryStringParameters": {"limit": limit}}
    event["headers"]["If-None-Match"] = if_none_match
    event["requestContext"]["resourcePath"] = path
    return api(event, None)


def test_an_answer_that_may_be_kept_says_for_how_long_and_names_what_it_says() -> None:
    answer = asked()
    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (200, "public, max-age=60")
    assert asked()["headers"]["ETag"] == answer["headers"]["ETag"] != asked(limit="21")["headers"]["ETag"]
    assert answer["headers"]["ETag"].startswith('"')


@pytest.mark.parametrize("sent", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_who_has_kept_the_answer_does_not_get_it_again(sent: str) -> None:
    tag = asked()["headers"]["ETag"]
    answer = asked(if_none_match=sent.format(tag=tag))
    assert (answer["statusCode"], answer["body"]) == (304, "")
    assert (answer["headers"]["ETag"], answer["headers"]["Cache-Control"]) == (tag, "public, max-age=60")
    assert answer["headers"]["X-Correlation-Id"]
    assert "Content-Type" not in answer["headers"]


@pytest.mark.parametrize("sent", ['"other"', 'W/"other"', "{name}", '"{name}', ","])
def test_who_has_kept_another_answer_gets_this_one(sent: str) -> None:
    name = asked()["headers"]["ETag"].strip('"')
    answer = asked(if_none_match=sent.format(name=name))
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"limit": 20})


@pytest.mark.parametrize("error", [Unavailable("d"), ValueError("d")])
def test_a_problem_is_kept_by_nobody(error: Exception) -> None:
    raised.append(error)
    for answer in (asked(if_none_match="*"), asked(limit="x", if_none_match="*")):
        assert answer["statusCode"] >= 400
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert "ETag" not in answer["headers"]


@pytest.mark.parametrize("path", ["/fresh", "/quiet"])
def test_any_other_answer_is_kept_by_nobody(path: str) -> None:
    answer = asked(path, if_none_match="*")
    assert answer["statusCode"] in (200, 204)
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert "ETag" not in answer["headers"]


def test_only_what_everybody_may_read_and_no_free_number_is_kept() -> None:
    kept = [route for of in apis().values() for route in of.routes if route.cache_seconds]
    assert {(route.method, route.allow) for route in kept} == {("GET", Allow.ANYONE)}
    assert {route.path for route in kept} == {
        "/api/hospitals",
        "/api/hospitals/{hospitalCode}",
        "/api/hospitals/{hospitalCode}/departments",
        "/api/dictionary/{code}/children",
        "/api/dictionary/items/{id}/children",
        "/api/dictionary/names",
        "/api/openapi.json",
    }
