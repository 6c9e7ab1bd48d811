"""What every address refuses to be asked: another list's cursor, a control character, a parameter that it does not take."""

from __future__ import annotations

from typing import Any

import pytest
from infra.functions import apis
from infra.openapi import in_query
from pydantic import BaseModel

from guahao.contracts import Message, PageAnswer
from guahao.contracts.queries import PageQuery
from guahao.domain.errors import Invalid
from guahao.runtime.api import Allow, Api, Call, Route
from guahao.runtime.pages import list_name, marked, place_in
from guahao.runtime.requests import checked_query

ROUTES = {f"{route.method} {route.path}": route for api in apis().values() for route in api.routes}
ASKED = {name: route for name, route in ROUTES.items() if route.input and in_query(route)}
LISTS = {name: route for name, route in ASKED.items() if route.input and "cursor" in route.input.model_fields}
# A good question to each, where one is needed.
NEEDED = {"/api/search/earliest": {"departmentName": "心"}, "/api/dictionary/names": {"of": "Hostype:1"}}
NEEDED["/api/admin/hospitals/{hospitalCode}/schedules"] = {"date": "2026-03-05"}


def fields_at_fault(route: Route, query: dict[str, str], model: type[BaseModel] | None) -> list[str]:
    asked = NEEDED.get(route.path, {}) | query
    event = {"queryStringParameters": asked, "multiValueQueryStringParameters": {name: [value] for name, value in asked.items()}}
    try:
        checked_query(model, event, list_name(route.path, {"hospitalCode": "10001"}))
    except Invalid as refusal:
        return [fault["field"] for fault in refusal.errors]
    return []


def test_a_cursor_is_known_by_its_list_alone() -> None:
    """Lists of two hospitals are two lists."""
    names = [list_name(route.path, {"hospitalCode": code}) for route in LISTS.values() for code in ("10001", "10002")]
    assert place_in(names[0], marked(names[0], "a.b/c")) == "a.b/c"
    for other in names[1:]:
        with pytest.raises(Invalid):
            place_in(other, marked(names[0], "a"))
    with pytest.raises(Invalid):
        place_in(names[0], marked(names[0], "a" * 512))


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_of_another_list_is_refused_by_every_list(name: str) -> None:
    route = LISTS[name]
    for foreign in ("10001", "", *(marked(of.path, "10001") for of in LISTS.values() if of is not route)):
        assert fields_at_fault(route, {"cursor": foreign}, route.input) == (["cursor"] if foreign else [])


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("character", ["\x00", "\x1b", "\r", "\n", "\t", "\x7f", "\x85", "\u2028"])
def test_a_control_character_is_refused_in_every_text(name: str, character: str) -> None:
    route = ASKED[name]
    assert route.input
    for field in route.input.model_fields.values():
        asked = str(field.alias)
        if asked != "cursor":
            assert fields_at_fault(route, {asked: f"a{character}b"}, route.input) == [asked]


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("value", ["", "1"])
def test_a_parameter_that_an_address_does_not_take_is_refused_whatever_it_holds(name: str, value: str) -> None:
    route = ROUTES[name]
    assert fields_at_fault(route, {"strange": value, "limit[]": value} | ({"q": "a"} if "q" in _names(route) else {}), _model(route)) == [
        "limit[]",
        "strange",
    ]


def _model(route: Route) -> type[BaseModel] | None:
    return route.input if in_query(route) else None


def _names(route: Route) -> set[str]:
    model = _model(route)
    return {str(field.alias) for field in model.model_fields.values()} if model else set()


class Thing(Message):
    name: str


class Things(PageAnswer[Thing]):
    pass


api = Api("test")


@api.route("GET", "/boxes/{box}/things", allow=Allow.ANYONE, input=PageQuery, answer=Things)
def look(call: Call[PageQuery]) -> Things:
    """Look at the things in a box."""
    return Things(items=[Thing(name=call.input.cursor or "first")], next_cursor="second")


@api.route("POST", "/notices", allow=Allow.PROVIDER, status=204)
def hear(call: Call[None]) -> None:
    """Hear of a payment."""


@api.route("POST", "/things", allow=Allow.ANYONE, input=Thing, answer=Thing)
def make(call: Call[Thing]) -> Thing:
    """Make a thing."""
    return call.input


def ask(method: str, path: str, box: str = "", body: str = "", **query: str) -> dict[str, Any]:
    event = {
        "httpMethod": method,
        "path": path,
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": {"box": box} if box else None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {"resourcePath": path, "httpMethod": method, "requestId": "r1", "identity": {"sourceIp": "127.0.0.1"}},
    }
    return api(event, None)


def test_a_page_answers_with_a_cursor_that_leads_on_in_its_list_and_in_no_other() -> None:
    boxes = "/boxes/{box}/things"
    first = Things.model_validate_json(ask("GET", boxes, "a")["body"])
    assert first.next_cursor
    assert Things.model_validate_json(ask("GET", boxes, "a", cursor=first.next_cursor)["body"]).items == [Thing(name="second")]
    assert ask("GET", boxes, "b", cursor=first.next_cursor)["statusCode"] == 400


def test_a_parameter_is_refused_where_none_is_taken_but_no_provider_is_turned_away_for_one() -> None:
    assert ask("POST", "/things", body='{"name": "a"}')["statusCode"] == 200
    assert ask("POST", "/things", body='{"name": "a"}', name="a")["statusCode"] == 400
    assert ask("POST", "/notices", more="1")["statusCode"] == 204


def _lenient(schema: Any, place: str) -> list[str]:
    """Return where a core schema takes a text for a number or a truth."""
    if isinstance(schema, list | tuple):
        return [found for part in schema for found in _lenient(part, place)]
    if not isinstance(schema, dict):
        return []
    if schema.get("type") in ("int", "float", "bool"):
        return [] if schema.get("strict") else [place]
    own = schema["cls"].__name__ if schema.get("type") == "model" else place
    inner = {name: part for name, part in schema.items() if name not in ("cls", "metadata", "serialization")}
    return [found for name, part in inner.items() for found in _lenient(part, f"{own}.{name}" if schema.get("type") != "model" else own)]


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if route.input and not in_query(route)])
def test_numbers_and_truths_in_a_body_are_told_as_such(name: str) -> None:
    """JSON has both: "3" is not 3, and neither 1 nor "yes" is true (RFC 8259)."""
    model = ROUTES[name].input
    assert model
    model.model_rebuild(force=True)
    assert _lenient(model.__pydantic_core_schema__, "") == []


def test_the_test_above_sees_what_is_lenient() -> None:
    class Lenient(Message):
        inner: list[PageQuery]

    Lenient.model_rebuild(force=True)
    assert [place.rpartition(".")[2] for place in _lenient(Lenient.__pydantic_core_schema__, "")] != []
