"""Serves the description of this interface, made from the routes by `make openapi`."""

from pathlib import Path

from guahao.runtime.api import Allow, Answer, Api, Call

handler = Api("openapi")


@handler.route("GET", "/api/openapi.json", allow=Allow.ANYONE, cache_seconds=300)
def openapi(call: Call[None]) -> Answer:
    """Return the OpenAPI 3.1 document."""
    return Answer(Path(__file__).with_name("openapi.json").read_text())
