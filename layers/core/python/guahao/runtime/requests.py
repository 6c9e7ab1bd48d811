"""Reading the gateway's event: the body, the path and query, and the validated input."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from guahao.domain.errors import Invalid
from guahao.runtime.pages import place_in

_FAULTS_TOLD, _FAULT_LENGTH = 50, 100


def body_bytes(event: dict[str, Any]) -> bytes:
    """Return the body as the bytes that were sent."""
    body: str = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise Invalid("The body cannot be read. Send it as it is.") from error


def body_text(content: bytes) -> str:
    """Return the body as text or raise Invalid."""
    try:
        return content.decode(errors="surrogatepass")
    except ValueError as error:
        raise Invalid("The body is not text in UTF-8. Send a JSON object with the content type application/json.") from error


def path_and_query(event: dict[str, Any]) -> str:
    """Return path and query as a caller signs them: sorted by name, encoded by RFC 3986; the gateway passes them on decoded."""
    query = event.get("multiValueQueryStringParameters") or {}
    pairs = [f"{_encoded(name)}={_encoded(value)}" for name, values in sorted(query.items()) for value in values]
    path: str = event["path"]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _require_known(event: dict[str, Any], model: type[BaseModel] | None) -> None:
    """Pass a query with no other parameters than the model's fields, with none without a model, or raise Invalid."""
    known = {field.alias for field in model.model_fields.values()} if model else set()
    asked = {*(event.get("queryStringParameters") or {}), *(event.get("multiValueQueryStringParameters") or {})}
    # A name may be half a character, which cannot be sent back.
    names = [name[:_FAULT_LENGTH].encode(errors="replace").decode() for name in sorted(asked - known)]
    unknown = [{"field": name, "reason": "this address takes no such parameter"} for name in names]
    if unknown:
        raise Invalid("The query holds parameters that this address does not take; `errors` names each.", unknown[:_FAULTS_TOLD])


# Both accept a field only by its name in the interface, because its name in the code may change.
def checked_query(model: type[BaseModel] | None, event: dict[str, Any], listed: str) -> BaseModel | None:
    """Return the query as the model, with a cursor's place in the list, None where none may be asked, or raise Invalid."""
    _require_known(event, model)
    if model is None:
        return None
    told = dict(event.get("queryStringParameters") or {})
    if told.get("cursor"):
        told["cursor"] = place_in(listed, told["cursor"])
    with _faults_told():
        checked = model.model_validate(told, by_alias=True, by_name=False)
    query = event.get("multiValueQueryStringParameters") or {}
    repeated = [{"field": name[:_FAULT_LENGTH], "reason": "only once"} for name, values in query.items() if len(values) > 1]
    if repeated:
        raise Invalid("Send each parameter once; `errors` names those that came more often.", repeated[:_FAULTS_TOLD])
    return checked


def checked_body(model: type[BaseModel], content: bytes) -> BaseModel:
    """Return the JSON of the body as the model, or raise Invalid."""
    with _faults_told():
        # Bytes, because pydantic's own parser refuses properly what makes json.loads fail: depth and lone surrogates.
        return model.model_validate_json(content, by_alias=True, by_name=False)


@contextmanager
def _faults_told() -> Iterator[None]:
    """Raise Invalid with the faults that pydantic finds."""
    try:
        yield
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)[:_FAULTS_TOLD]
        if found[0]["type"] == "json_invalid":
            raise Invalid("The body is not JSON. Send a JSON object with the content type application/json.") from error
        faults = [
            {"field": ".".join(map(str, fault["loc"]))[:_FAULT_LENGTH], "reason": fault["msg"].removeprefix("Value error, ")}
            for fault in found
        ]
        raise Invalid("Some fields are missing or not as they should be; `errors` names each.", faults) from error
