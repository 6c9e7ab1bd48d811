"""What can be made to go wrong with a hospital's system, and how each fault looks to the platform."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from infra.simulators.hospital.problems import RefusedError, problem

# Both are longer than the product is willing to wait.
SLOW_SECONDS = 6.0
HANG_SECONDS = 60.0

MODES = {
    "normal": "All is well.",
    "slow": f"Does its work and answers after {SLOW_SECONDS:.0f} seconds.",
    "error": "Answers 500 and does nothing.",
    "refuse": "Answers 409: takes no orders.",
    "acceptThenError": "Does its work, then answers 500.",
    "acceptThenHang": "Does its work, then never answers.",
    "wrongAnswer": "Does its work, then answers 200 with something that was not promised.",
    "duplicateCall": "Makes each call on the platform three times: once, once more with a new nonce, and once with the nonce used before.",
}


class Faults:
    """The switch of each hospital, normal after every start."""

    def __init__(self) -> None:
        self._modes: dict[str, str] = {}

    def set(self, hospital_code: str, mode: str) -> None:
        """Turn the hospital's switch to one of MODES."""
        self._modes[hospital_code] = mode

    def of(self, hospital_code: str) -> str:
        """Return the hospital's present mode."""
        return self._modes.get(hospital_code, "normal")

    def before_work(self, hospital_code: str) -> None:
        """Pass if the hospital is in a mood to work, or refuse."""
        if self.of(hospital_code) == "error":
            raise RefusedError(500, "This hospital's system is out of order.")
        if self.of(hospital_code) == "refuse":
            raise RefusedError(409, "This hospital takes no orders.")

    async def answer(self, hospital_code: str, request: Request, status: int, content: dict[str, Any]) -> Response:
        """Answer after the work was done, well or not."""
        mode = self.of(hospital_code)
        if mode == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if mode == "acceptThenHang":
            await _until_given_up(request)
        if mode in ("acceptThenError", "acceptThenHang"):
            return problem(500, "This hospital's system broke down after its work was done.")
        if mode == "wrongAnswer":
            return PlainTextResponse("It works!")
        return JSONResponse(content, status)


async def _until_given_up(request: Request) -> None:
    # The body has been read, so the next thing to be heard from the caller is that it has gone.
    with suppress(TimeoutError):
        await asyncio.wait_for(request.receive(), HANG_SECONDS)
