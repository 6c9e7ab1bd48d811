"""Write the interface's OpenAPI 3.1 document from the routes in the code: `python -m infra.openapi [--check]`."""

from __future__ import annotations

import json
import re
import tomllib
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any

from guahao.runtime.api import Allow, Route
from infra.functions import FOLDERS, ROOT, apis
from infra.generated import write_or_check
from infra.schemas import Schemas

DOCUMENT = FOLDERS / "openapi" / "openapi.json"
PROBLEM = {"$ref": "#/components/responses/Problem"}
CORRELATION = {"X-Correlation-Id": {"$ref": "#/components/headers/CorrelationId"}}
TAG = {"ETag": {"$ref": "#/components/headers/EntityTag"}}
NOT_MODIFIED = {"$ref": "#/components/responses/NotModified"}
FILES = {".json": {"application/json": {"schema": {"type": "object"}}}, ".ics": {"text/calendar": {"schema": {"type": "string"}}}}
# Of routes that ask for no session.
SECURITY: dict[Allow, list[dict[str, list[str]]]] = {
    Allow.ANYONE: [],
    Allow.PROVIDER: [{"wechatPaySignature": []}],
    Allow.HOSPITAL: [{"hospitalSignature": []}],
}
SCHEMES = {
    "sessionToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a session: of a user, or of an administrator in one of the roles.",
    },
    "wechatPaySignature": {
        "type": "apiKey",
        "in": "header",
        "name": "Wechatpay-Signature",
        "description": "WeChat Pay signs its notifications; Wechatpay-Timestamp, -Nonce and -Serial belong to the signature.",
    },
    "hospitalSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Signature",
        "description": (
            "Lower-case hex of HMAC-SHA256 with the hospital's key over METHOD, PATH?QUERY, X-Timestamp, X-Nonce and hex(SHA-256(body)), "
            "one per line; X-Hospital-Code tells whose. The query is signed sorted by name and encoded after RFC 3986."
        ),
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new intention. A request sent again under the same key is answered with the same result.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}
PARAMETERS = {
    "CorrelationId": {
        "name": "X-Correlation-Id",
        "in": "header",
        "description": "Your own name for this request: the answer and every line of our logs about it repeat it.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
    },
    "IdempotencyKey": IDEMPOTENCY_KEY,
    "OptionalIdempotencyKey": IDEMPOTENCY_KEY | {"required": False},
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of the answer that you have kept.",
        "schema": {"type": "string"},
    },
}
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "What went wrong, after RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:guahao:problem:…, one for each kind of refusal"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what to do next, for people"},
        "rule": {"type": "string", "description": "which rule refused"},
        "retryAt": {"type": "string", "format": "date-time", "description": "when the same request may succeed"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
        "challenge": {
            "type": "object",
            "description": "of challenge-needed: find a nonce so that SHA-256 of salt and nonce, one after the other, begins with `bits` "
            "zero bits, and send the same request with `proof {salt, nonce}`",
            "required": ["kind", "salt", "bits", "expiresAt"],
            "properties": {
                "kind": {"type": "string", "enum": ["sha256"]},
                "salt": {"type": "string"},
                "bits": {"type": "integer"},
                "expiresAt": {"type": "string", "format": "date-time"},
            },
        },
    },
}


def document() -> dict[str, Any]:
    """Return the description of every route of every function."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for name, api in apis().items():
        for route in api.routes:
            paths.setdefault(route.path, {})[route.method.lower()] = operation(name, route, schemas)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "openapi": "3.1.0",
        "info": {"title": project["name"], "version": project["version"], "description": project["description"]},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, "Problem": PROBLEM_SCHEMA},
            "securitySchemes": SCHEMES,
            "parameters": PARAMETERS,
            "headers": {
                "CorrelationId": {"required": True, "description": "Names this answer in our logs.", "schema": {"type": "string"}},
                "RetryAfter": {
                    "description": "After so many seconds the same request may succeed: with every 429 and 503, and every `retryAt`.",
                    "schema": {"type": "integer", "minimum": 1},
                },
                "EntityTag": {
                    "required": True,
                    "description": "Names this content, for If-None-Match.",
                    "schema": {"type": "string"},
                },
            },
            "responses": {
                "NotModified": {"description": "The answer that you have kept is still right.", "headers": {**CORRELATION, **TAG}},
                "Problem": {
                    "description": "A refusal: a problem document.",
                    "headers": {**CORRELATION, "Retry-After": {"$ref": "#/components/headers/RetryAfter"}},
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                },
            },
        },
    }


def operation(function: str, route: Route, schemas: Schemas) -> dict[str, Any]:
    """Return the description of one route."""
    described: dict[str, Any] = {
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [function],
        "security": [{"sessionToken": [role]} for role in sorted(route.allow.roles)] or SECURITY[route.allow],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", route.path)),
            *(schemas.parameters(route.input) if route.input and in_query(route) else []),
            *([{"$ref": "#/components/parameters/IdempotencyKey"}] if route.idempotent else []),
            *([{"$ref": "#/components/parameters/OptionalIdempotencyKey"}] if route.idempotent_if_asked else []),
            *([{"$ref": "#/components/parameters/IfNoneMatch"}] if route.cache_seconds else []),
            {"$ref": "#/components/parameters/CorrelationId"},
        ],
        "responses": {str(route.status): answer(route, schemas), **kept(route), "4XX": PROBLEM, "5XX": PROBLEM},
    }
    if route.input and not in_query(route):
        body = {"schema": schemas.reference(route.input, "validation")}
        described["requestBody"] = {"required": True, "content": {"application/json": body}}
    elif route.media_type:
        described["requestBody"] = {"required": True, "content": {route.media_type: {}}}
    return described


def in_query(route: Route) -> bool:
    """Tell whether the route's input comes in the query and not in a body."""
    return route.method in ("GET", "DELETE")


def operation_id(route: Route) -> str:
    """Return method and path as one word: getOrdersByOrderIdPayment."""
    words = re.findall(r"{\w+}|[A-Za-z]+", route.path.removeprefix("/api"))
    return route.method.lower() + "".join(f"By{word[1].upper()}{word[2:-1]}" if word[0] == "{" else word.title() for word in words)


def kept(route: Route) -> dict[str, Any]:
    """Return the description of what a caller hears that has kept the route's answer, where it may."""
    return {str(int(HTTPStatus.NOT_MODIFIED)): NOT_MODIFIED} if route.cache_seconds else {}


def answer(route: Route, schemas: Schemas) -> dict[str, Any]:
    """Return the description of the route's good answer; one without a model is the file that the path's end names, or has no body."""
    headers: dict[str, Any] = CORRELATION | (TAG if route.cache_seconds else {})
    if route.status == HTTPStatus.CREATED:
        headers["Location"] = {"required": True, "description": "The address of what was created.", "schema": {"type": "string"}}
    described: dict[str, Any] = {"description": HTTPStatus(route.status).phrase, "headers": headers}
    if route.answer:
        described["content"] = {"application/json": {"schema": schemas.reference(route.answer, "serialization")}}
    elif content := FILES.get(PurePosixPath(route.path).suffix):
        described["content"] = content
    return described


def main() -> None:
    """Write the document, or with --check fail if the stored one is another."""
    text = json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_or_check(DOCUMENT, text, __doc__)


if __name__ == "__main__":
    main()
