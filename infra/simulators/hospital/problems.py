"""What the hospital will not follow, and how it says so."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.simulators.asgi import BadRequestError


class RefusedError(Exception):
    """A call that the hospital will not follow, with its HTTP status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


class FaultyEntriesError(BadRequestError):
    """Entries out of shape; `errors` names each fault as `{field, reason}`."""

    def __init__(self, detail: str, errors: list[dict[str, str]]) -> None:
        super().__init__(detail)
        self.errors = errors


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    """Answer with a problem document."""
    content: dict[str, Any] = {"status": status, "detail": detail}
    if errors:
        content["errors"] = errors
    return JSONResponse(content, status, media_type="application/problem+json")


async def bad_request(_: Request, error: Exception) -> Response:
    """Answer what a handler could not read."""
    return problem(400, str(error), getattr(error, "errors", None))


async def refused(_: Request, error: Exception) -> Response:
    """Answer what a handler would not follow."""
    return problem(getattr(error, "status", 500), str(error))
