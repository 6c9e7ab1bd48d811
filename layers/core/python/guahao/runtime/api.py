"""The only use of Chalice: typed routes, parsed input, the principal, problem documents, and a log line with ids for each call."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from chalice.app import Chalice, Response
from pydantic import BaseModel

from guahao.domain.errors import DomainError, Forbidden, Invalid, Unauthenticated
from guahao.runtime.addresses import source_address
from guahao.runtime.caching import keep
from guahao.runtime.correlation import tracing
from guahao.runtime.errors import internal_problem, problem, retry_after, status_of
from guahao.runtime.logging import get_logger
from guahao.runtime.pages import list_name, with_marked_cursor
from guahao.runtime.requests import body_bytes, body_text, checked_body, checked_query, path_and_query, require_text
from guahao.runtime.serving import serving

Input = TypeVar("Input", bound=BaseModel | None)
View = Callable[..., Any]
_Headers = dict[str, str | list[str]]
_CORRELATION = re.compile(r"[A-Za-z0-9_-]{8,64}")
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,128}")
# The names that can be in an address: printable, and shorter than the key limit of every store.
_NAME = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}")

# Only these are logged of an address: anything else that a caller wrote there may be somebody's number.
_OUR_ID = re.compile(r"[a-z2-7]{26}|[0-9a-f]{32}")


class Allow(StrEnum):
    """Who may call a route. The gateway's authorizer refuses invalid tokens; the route checks the role."""

    ANYONE = "anyone"
    USER = "user"
    ADMINISTRATOR = "administrator"  # of any role
    OPERATOR = "operator"
    AUDITOR = "auditor"
    OWNER = "owner"
    PROVIDER = "provider"  # proven by the notification's own signature
    HOSPITAL = "hospital"  # proven by the request's own signature

    @property
    def roles(self) -> frozenset[str]:
        """The roles whose tokens open such a route, none if it needs no token. An owner may do all that the others may."""
        return _ROLES.get(self, frozenset())


_ROLES = {
    Allow.USER: frozenset({"user"}),
    Allow.ADMINISTRATOR: frozenset({"operator", "auditor", "owner"}),
    Allow.OPERATOR: frozenset({"operator", "owner"}),
    Allow.AUDITOR: frozenset({"auditor", "owner"}),
    Allow.OWNER: frozenset({"owner"}),
}


@dataclass(frozen=True)
class Call(Generic[Input]):
    """A parsed request: `input` is the validated body or query (GET, DELETE); `principal` is of the session or a hospital."""

    input: Input
    path: Mapping[str, str]
    headers: Mapping[str, str]
    principal: str
    role: str
    token_id: str
    source_address: str
    raw_body: str
    raw_bytes: bytes
    idempotency_key: str

    @property
    def signed_at(self) -> int:
        """When a hospital signed the request, in Unix seconds."""
        return int(self.headers["x-timestamp"])


class SignedRequest(NamedTuple):
    """The parts of a request that a signature covers; the query is empty or begins with its `?`, header names are in lower case."""

    method: str
    path_and_query: str
    headers: Mapping[str, str]
    body: bytes


class Signatures(Protocol):
    """Verifies the signatures of requests."""

    def verify(self, request: SignedRequest, /) -> str:
        """Return the sender of the request, or raise Unauthenticated or Forbidden."""
        ...


@dataclass(frozen=True)
class Answer:
    """A response with another status or other headers than usual; `body` is a model, text, or nothing."""

    body: BaseModel | str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def created(location: str, body: BaseModel) -> Answer:
    """Answer 201 with the address of what was created."""
    return Answer(body, 201, {"Location": location})


@dataclass(frozen=True)
class Route:
    """A declared route, from which the OpenAPI document and the permission tests are made."""

    method: str
    path: str
    allow: Allow
    input: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    idempotent: bool
    summary: str
    media_type: str = ""
    cache_seconds: int = 0
    idempotent_if_asked: bool = False


class Api:
    """The routes of one function; the instance is the Lambda handler. `signatures` builds what knows which hospital calls.

    `proxies` tells the networks of the proxies whose word on a source address counts; without it none does.
    """

    def __init__(self, name: str, signatures: Callable[[], Signatures] | None = None, proxies: Callable[[], str] = str) -> None:
        self.routes: list[Route] = []
        self._signatures = signatures
        self._proxies = proxies
        self._chalice = Chalice(name, configure_logs=False)
        self._log = get_logger(name)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._chalice(event, context)
        return answer

    def route(
        self,
        method: str,
        path: str,
        *,
        allow: Allow,
        input: type[BaseModel] | None = None,
        answer: type[BaseModel] | None = None,
        status: int = 200,
        idempotent: bool = False,
        media_type: str = "",
        cache_seconds: int = 0,
        idempotent_if_asked: bool = False,
    ) -> Callable[[View], View]:
        """Declare a route. `idempotent` requires the Idempotency-Key header; `media_type` declares a file of that type as the body.

        With `idempotent_if_asked` the header may be missing: then each request counts as a new one.
        The gateway must know the media type as binary: BinaryMediaTypes in template.yaml. For `cache_seconds` anybody may keep a good
        answer, which must therefore be the same for everybody.
        """

        if allow is Allow.HOSPITAL and self._signatures is None:
            raise ValueError(f"{method} {path} is for hospitals: give Api the `signatures` that verify them")

        def register(view: View) -> View:
            summary = (view.__doc__ or "").strip().split("\n")[0]
            declared = Route(
                method, path, allow, input, answer, status, idempotent, summary, media_type, cache_seconds, idempotent_if_asked
            )
            self.routes.append(declared)

            def chalice_view(**path_parameters: str) -> Response:
                return self._respond(declared, view, path_parameters)

            # Chalice reads a route's path parameters from its function's signature, but this function always has the same one.
            self._chalice.route(path, methods=[method], content_types=[], name=f"{method} {path}")(_with_parameters(chalice_view, path))
            return view

        return register

    def _respond(self, route: Route, view: View, path: Mapping[str, str]) -> Response:
        event = _event(self._chalice)
        headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
        asked = headers.get("x-correlation-id", "")
        identifier = asked if _CORRELATION.fullmatch(asked) else event["requestContext"].get("requestId", "-")
        with tracing(identifier), serving():
            started = perf_counter()
            response = keep(self._answer(route, view, event, headers, path), route.cache_seconds, headers.get("if-none-match", ""))
            response.headers["X-Correlation-Id"] = identifier
            fields: dict[str, object] = {name: value for name, value in path.items() if _OUR_ID.fullmatch(value)}
            fields |= {"location": response.headers["Location"]} if "Location" in response.headers else {}
            fields |= {"status": response.status_code, "milliseconds": round((perf_counter() - started) * 1000, 1)}
            self._log.info("%s %s", route.method, route.path, extra={"fields": fields})
        return response

    def _answer(self, route: Route, view: View, event: dict[str, Any], headers: Mapping[str, str], path: Mapping[str, str]) -> Response:
        try:
            require_text(event)
            answer = view(_parse(route, event, headers, path, self._signatures, self._proxies))
            shown = with_marked_cursor(answer, list_name(route.path, path))
            return _render(shown if isinstance(shown, Answer) else Answer(shown, route.status))
        except DomainError as refusal:
            if status_of(refusal) >= 500:  # the answer says only that a part is down, so the log must say why
                self._log.warning("unavailable", exc_info=True)
            return _problem(status_of(refusal), problem(refusal), retry_after(refusal))
        except Exception:  # noqa: BLE001 - the last line before the caller: whatever it is, it becomes a problem document and a log line
            self._log.exception("unhandled")
            return _problem(500, internal_problem(), {})


def _event(chalice: Chalice) -> dict[str, Any]:
    """Return the event that Chalice is serving."""
    request = chalice.current_request
    if request is None:
        raise RuntimeError("there is no request outside a call")
    event: dict[str, Any] = request.to_original_event()
    return event


def _with_parameters(view: Callable[..., Response], path: str) -> Callable[..., Response]:
    names = re.findall(r"{(\w+)}", path)
    view.__signature__ = inspect.Signature([inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in names])  # type: ignore[attr-defined]
    return view


def _parse(
    route: Route,
    event: dict[str, Any],
    headers: Mapping[str, str],
    path: Mapping[str, str],
    signatures: Callable[[], Signatures] | None,
    proxies: Callable[[], str],
) -> Call[Any]:
    context = event["requestContext"]
    authorizer = context.get("authorizer") or {}
    if route.allow.roles and not authorizer.get("principalId"):
        raise Unauthenticated("Log in and send the token as `Authorization: Bearer …`.")
    if route.allow.roles and authorizer.get("role") not in route.allow.roles:
        raise Forbidden(f"This address is for these roles: {', '.join(sorted(route.allow.roles))}. Log in as one of them.", rule="role")
    if route.media_type and headers.get("content-type", "").partition(";")[0].strip().lower() != route.media_type:
        raise Invalid(f"Send the file itself as the body, with the content type {route.media_type}.")
    unknowable = [name for name, value in path.items() if not _NAME.fullmatch(value)]
    if unknowable:
        reason = "1 to 128 printable characters"
        raise Invalid("The address names something that cannot be.", [{"field": name, "reason": reason} for name in unknowable])
    raw_bytes = body_bytes(event)
    principal = authorizer.get("principalId", "")
    if route.allow is Allow.HOSPITAL and signatures:
        principal = signatures().verify(SignedRequest(route.method, path_and_query(event), headers, raw_bytes))
    raw_body = "" if route.media_type else body_text(raw_bytes)
    key = _idempotency_key(route, headers)
    return Call(
        input=_input(route, event, raw_bytes, path),
        path=path,
        headers=headers,
        principal=principal,
        role=authorizer.get("role", ""),
        token_id=authorizer.get("tokenId", ""),
        source_address=source_address(event, headers, proxies()),
        raw_body=raw_body,
        raw_bytes=raw_bytes,
        idempotency_key=key,
    )


def _input(route: Route, event: dict[str, Any], content: bytes, path: Mapping[str, str]) -> BaseModel | None:
    in_query = route.method in ("GET", "DELETE")
    # What a provider tells of money is not lost for how it calls.
    asked = None if route.allow is Allow.PROVIDER else checked_query(route.input if in_query else None, event, list_name(route.path, path))
    return asked if in_query or route.input is None else checked_body(route.input, content)


def _idempotency_key(route: Route, headers: Mapping[str, str]) -> str:
    key = headers.get("idempotency-key")
    if (route.idempotent or (route.idempotent_if_asked and key is not None)) and not _IDEMPOTENCY_KEY.fullmatch(key or ""):
        raise Invalid("Send an Idempotency-Key header of 1 to 128 printable characters, a new one for each new intention.")
    return key or ""


def _render(answer: Answer) -> Response:
    if answer.body is None:
        return Response("", headers=dict(answer.headers), status_code=answer.status)
    headers: _Headers = {"Content-Type": "application/json", **answer.headers}
    body = answer.body if isinstance(answer.body, str) else answer.body.model_dump_json(by_alias=True)
    return Response(body, headers=headers, status_code=answer.status)


def _problem(status: int, document: dict[str, Any], more: Mapping[str, str]) -> Response:
    return Response(json.dumps(document, ensure_ascii=False), {"Content-Type": "application/problem+json", **more}, status)
