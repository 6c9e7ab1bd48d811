"""The description of the interface is current, whole and sound."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from infra import openapi
from infra.functions import apis
from infra.schemas import Schemas
from pydantic import BaseModel, Field, create_model

from guahao.runtime.api import Allow

STORED: dict[str, Any] = json.loads(openapi.DOCUMENT.read_text())
OPERATIONS = {(method.upper(), path): operation for path, item in STORED["paths"].items() for method, operation in item.items()}
ROUTES = {(route.method, route.path): route for api in apis().values() for route in api.routes}


def references(node: Any) -> Iterator[str]:
    """Yield every reference in a part of the document."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from [value] if name == "$ref" else references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(reference: str) -> Any:
    node: Any = STORED
    for name in reference.removeprefix("#/").split("/"):
        node = node[name]
    return node


def parameters(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [resolve(parameter["$ref"]) if "$ref" in parameter else parameter for parameter in operation["parameters"]]
    return {parameter["name"]: parameter for parameter in found}


def test_the_stored_document_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["openapi", "--check"])
    openapi.main()


def test_a_stale_document_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["openapi", "--check"])
    monkeypatch.setattr(openapi, "document", lambda: {**STORED, "openapi": "3.1.1"})
    with pytest.raises(SystemExit, match="run `make openapi`"):
        openapi.main()


def test_every_route_is_described_and_nothing_else() -> None:
    assert set(OPERATIONS) == set(ROUTES)


def test_every_reference_resolves() -> None:
    for reference in set(references(STORED)):
        assert resolve(reference)


def test_everything_that_is_kept_is_referred_to() -> None:
    kept = {f"#/components/{kind}/{name}" for kind, parts in STORED["components"].items() for name in parts if kind != "securitySchemes"}
    assert kept == set(references(STORED))


def test_every_operation_has_a_name_of_its_own() -> None:
    assert len({operation["operationId"] for operation in OPERATIONS.values()}) == len(OPERATIONS)


@pytest.mark.parametrize("address", OPERATIONS, ids=" ".join)
def test_an_operation_decides_on_security(address: tuple[str, str]) -> None:
    security, allow = OPERATIONS[address]["security"], ROUTES[address].allow
    assert (security == []) is (allow is Allow.ANYONE)
    assert {scheme for choice in security for scheme in choice} <= set(STORED["components"]["securitySchemes"])


@pytest.mark.parametrize("address", OPERATIONS, ids=" ".join)
def test_an_operation_says_what_it_takes(address: tuple[str, str]) -> None:
    operation, route = OPERATIONS[address], ROUTES[address]
    named = parameters(operation)
    assert {name for name, parameter in named.items() if parameter["in"] == "path"} == set(re.findall(r"{(\w+)}", route.path))
    key = {None: "none", True: "required", False: "optional"}[named.get("Idempotency-Key", {}).get("required")]
    assert key == ("required" if route.idempotent else "optional" if route.idempotent_if_asked else "none")
    assert ("If-None-Match" in named) is bool(route.cache_seconds)
    assert ("requestBody" in operation) is (bool(route.media_type) or (route.input is not None and route.method in ("POST", "PUT")))


@pytest.mark.parametrize("address", OPERATIONS, ids=" ".join)
def test_an_operation_says_what_it_answers(address: tuple[str, str]) -> None:
    answers, route = OPERATIONS[address]["responses"], ROUTES[address]
    good = answers[str(route.status)]
    assert "X-Correlation-Id" in good["headers"]
    assert ("Location" in good["headers"]) is (route.status == 201)
    assert ("content" in good) is (route.answer is not None or route.status not in (202, 204))
    assert {"4XX", "5XX"} <= set(answers)
    assert ("304" in answers) is ("ETag" in good["headers"]) is bool(route.cache_seconds)


def test_money_times_and_masks_are_told_as_the_wire_has_them() -> None:
    order = STORED["components"]["schemas"]["OrderAnswer"]
    assert order["properties"]["feeFen"] == {"type": "integer"}
    assert order["properties"]["holdUntil"] == {"type": "string", "format": "date-time"}
    assert order["properties"]["date"] == {"type": "string", "format": "date"}
    assert set(order["required"]) == set(order["properties"])
    assert "additionalProperties" not in order
    assert STORED["components"]["schemas"]["PatientBody"]["additionalProperties"] is False


def test_a_query_names_its_parameters_and_what_may_be_left_out() -> None:
    named = parameters(OPERATIONS["GET", "/api/orders"])
    assert {"q", "patientId", "status", "limit", "cursor", "X-Correlation-Id"} == set(named)
    assert named["status"]["schema"]["enum"] == ["awaitingPayment", "paid", "checkedIn", "cancelled", "noShow"]
    assert named["limit"]["schema"] == {"type": "integer", "default": 20, "minimum": 1, "maximum": 100}
    assert not any(parameter.get("required") for parameter in named.values())


def test_a_job_may_be_asked_for_under_a_key() -> None:
    asked = {
        path for (_, path), operation in OPERATIONS.items() if parameters(operation).get("Idempotency-Key", {}).get("required") is False
    }
    assert asked == {"/api/admin/exports", "/api/admin/dictionary/imports"}


def test_the_limits_of_a_day_are_told_in_words_as_no_keyword_tells_them() -> None:
    schema = parameters(OPERATIONS["GET", "/api/admin/statistics/bookings"])["from"]["schema"]
    assert schema == {"type": "string", "format": "date", "description": "2000-01-01 to 2999-12-31"}
    assert not set(keywords(STORED["components"]["schemas"])) & {"ge", "gt", "le", "lt"}


def keywords(node: Any) -> Iterator[str]:
    """Yield every name in a part of the document."""
    for name, value in node.items() if isinstance(node, dict) else ():
        yield name
        yield from keywords(value)
    for value in node if isinstance(node, list) else ():
        yield from keywords(value)


def test_two_shapes_of_one_name_are_refused() -> None:
    schemas = Schemas()
    schemas.reference(create_model("Shape", side=(int, Field())), "validation")
    other: type[BaseModel] = create_model("Shape", side=(str, Field()))
    with pytest.raises(ValueError, match="two shapes called Shape"):
        schemas.reference(other, "validation")
