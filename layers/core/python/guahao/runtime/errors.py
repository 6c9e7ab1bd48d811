"""Domain errors as problem documents (RFC 9457)."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import Any

from guahao.domain import errors

# The first category that fits decides, so a subclass needs no entry.
STATUS_OF: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.Invalid, 400),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Unprocessable, 422),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)


# What heals by itself, nobody can say when: long enough that whoever comes back is not one of a crowd.
AGAIN_SECONDS = 5
_HEALS_BY_ITSELF = (429, 503)


def retry_after(error: errors.DomainError) -> dict[str, str]:
    """Return the header Retry-After of a refusal that time heals: until its `retryAt`, or for a moment; else nothing."""
    if error.retry_at:
        return {"Retry-After": str(max(1, ceil((error.retry_at - datetime.now(UTC)).total_seconds())))}
    return {"Retry-After": str(AGAIN_SECONDS)} if status_of(error) in _HEALS_BY_ITSELF else {}


def status_of(error: errors.DomainError) -> int:
    """Return the HTTP status of the error's category."""
    return next((status for category, status in STATUS_OF if isinstance(error, category)), 400)


def problem(error: errors.DomainError) -> dict[str, Any]:
    """Return the problem document of the error."""
    document: dict[str, Any] = {
        "type": f"urn:guahao:problem:{error.kind}",
        "title": error.title,
        "status": status_of(error),
        "detail": error.detail,
    }
    if error.rule:
        document["rule"] = error.rule
    if error.retry_at:
        document["retryAt"] = error.retry_at.isoformat(timespec="seconds")
    if isinstance(error, errors.Invalid) and error.errors:
        document["errors"] = error.errors
    if isinstance(error, errors.ChallengeNeeded):
        expires_at = error.expires_at.isoformat(timespec="seconds")
        document["challenge"] = {"kind": "sha256", "salt": error.salt, "bits": error.bits, "expiresAt": expires_at}
    return document


def internal_problem() -> dict[str, Any]:
    """Return the problem document of an internal error, without any details."""
    return {
        "type": "urn:guahao:problem:internal",
        "title": "Something went wrong on our side",
        "status": 500,
        "detail": "Nothing is lost: send the same request again. If it keeps failing, report the correlation id of this answer.",
    }
