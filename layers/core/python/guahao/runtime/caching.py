"""HTTP caching (RFC 9111): nobody may keep an answer, unless its route says for how long."""

from __future__ import annotations

import hashlib

from chalice.app import Response


def keep(response: Response, seconds: int, if_none_match: str) -> Response:
    """Allow anybody to keep a good answer for so many seconds; return 304 without the body if the caller has this answer.

    With 0 seconds, or if the answer is not good, nobody may keep it.
    """
    if not seconds or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    tag = f'"{hashlib.sha256(response.body.encode()).hexdigest()[:32]}"'
    headers = {"Cache-Control": f"public, max-age={seconds}", "ETag": tag}
    # A proxy that compresses marks the tag as weak, but the content is the same.
    known = {name.strip().removeprefix("W/") for name in if_none_match.split(",")}
    if known & {tag, "*"}:
        return Response("", headers=dict(headers), status_code=304)
    response.headers.update(headers)
    return response
