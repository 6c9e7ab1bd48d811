"""A request begins when it arrives and ends with its answer; what no request has caused is in none."""

from __future__ import annotations

from guahao.runtime.api import Allow, Answer, Api, Call
from guahao.runtime.serving import request_began
from tests.functions import sample_event

seen: list[float | None] = []
handler = Api("serving")


@handler.route("POST", "/api/login-codes", allow=Allow.ANYONE, status=204)
def note(_: Call[None]) -> Answer:
    """Note when the request began."""
    seen.append(request_began())
    return Answer(status=204)


def test_each_request_has_its_own_beginning() -> None:
    for _ in range(2):
        handler(sample_event("login_code", "send"), None)
    first, second = seen
    assert first is not None
    assert second is not None
    assert first < second
    assert request_began() is None
