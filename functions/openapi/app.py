"""Serves the description of this interface, made from the routes by `make openapi`."""

from pathlib import Path

from guahao.runtime.api import Allow, Answer, Api, Call

handler = Api("openapi")


@handler.route("GET", "/api/openapi.json", allow=Allow.ANYONE)
def openapi(call: Call[None]) -> Answer:
    """Return the OpenAPI 3.1 document."""
    document = Path(__file__).with_name("openapi.json").read_text()
    return Answer(document, headers={"Cache-Control": "public, max-age=300"})
