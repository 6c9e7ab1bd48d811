"""HTTP caching after RFC 9111: an answer is kept by nobody, unless its route says for how long."""

from __future__ import annotations

import hashlib

from chalice.app import Response


def keep(response: Response, seconds: int, if_none_match: str) -> Response:
    """Let anybody keep a good answer for so long; return 304 without its body if the caller has kept this very one.

    Without seconds, or if it is not good, nobody may keep it.
    """
    if not seconds or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    tag = f'"{hashlib.sha256(response.body.encode()).hexdigest()[:32]}"'
    headers = {"Cache-Control": f"public, max-age={seconds}", "ETag": tag}
    # A proxy that compresses marks the tag as weak; the content is the same.
    known = {name.strip().removeprefix("W/") for name in if_none_match.split(",")}
    if known & {tag, "*"}:
        return Response("", headers=dict(headers), status_code=304)
    response.headers.update(headers)
    return response
