"""The simulator's routes: what the platform calls, signed, and what a person and a test do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from guahao.contracts.hospital import CancellationRecord, PaymentRecord, Registration
from guahao.domain.errors import Unauthenticated
from guahao.domain.signing import verify
from infra.simulators.asgi import BadRequestError, body_of, json_object, path_and_query, text_of
from infra.simulators.hospital.pages import hospitals_page
from infra.simulators.hospital.records import Records, RefusedError

# Longer than the product is willing to wait.
SLOW_SECONDS = 6.0
MODES = ("normal", "slow", "error", "acceptThenError", "refuse")

_CODE = re.compile(r"[0-9A-Za-z_-]{1,32}")

Answer = tuple[int, dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Simulator:
    """The systems of any number of hospitals, told apart by their code."""

    def __init__(self, state: Path) -> None:
        self._records = Records(state)
        self._faults: dict[str, str] = {}

    def app(self) -> Starlette:
        """Return the ASGI app."""
        return Starlette(
            routes=[
                Route("/orders", self._signed(self._register), methods=["POST"]),
                Route("/orders/{record_id}/payment", self._signed(self._pay), methods=["POST"]),
                Route("/orders/{record_id}/cancellation", self._signed(self._cancel), methods=["POST"]),
                Route("/orders", self._list, methods=["GET"]),
                Route("/settings", self._set_key, methods=["PUT"]),
                Route("/faults", self._set_fault, methods=["PUT"]),
                Route("/", self._page, methods=["GET"]),
            ],
            exception_handlers={BadRequestError: _bad_request},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        self._records.close()

    def _signed(self, handle: Callable[[str, Request, bytes], Answer]) -> Endpoint:
        """Wrap an operation in the check of its signature and in the hospital's present mood."""

        async def answer(request: Request) -> Response:
            body = await body_of(request)
            try:
                code = self._admit(request, body)
                mode = self._faults.get(code, "normal")
                if mode == "error":
                    return _problem(500, "This hospital's system is out of order.")
                if mode == "refuse":
                    return _problem(409, "This hospital takes no orders.")
                status, content = handle(code, request, body)
            except RefusedError as error:
                return _problem(error.status, error.detail)
            except ValidationError as error:
                return _problem(422, f"The body has {error.error_count()} faults.")
            if mode == "slow":
                await asyncio.sleep(SLOW_SECONDS)
            if mode == "acceptThenError":
                return _problem(500, "This hospital's system broke down after its work was done.")
            return JSONResponse(content, status)

        return answer

    def _admit(self, request: Request, body: bytes) -> str:
        """Return the code of the hospital whose key signed the request, or refuse it."""
        given = request.headers
        code, nonce = given.get("x-hospital-code", ""), given.get("x-nonce", "")
        key = self._records.key(code)
        if key is None:
            raise RefusedError(401, "This is not the system of such a hospital.")
        now = datetime.now(UTC)
        signature, timestamp = given.get("x-signature", ""), given.get("x-timestamp", "")
        try:
            verify(key, signature, request.method, path_and_query(request), timestamp, nonce, body, now)
        except Unauthenticated as error:
            raise RefusedError(401, error.detail) from error
        self._records.use_nonce(code, nonce, now)
        return code

    def _register(self, code: str, _: Request, body: bytes) -> Answer:
        is_new, record = self._records.register(code, Registration.model_validate_json(body), datetime.now(UTC))
        return 201 if is_new else 200, {name: record[name] for name in ("recordId", "checkInAt", "checkInPlace")}

    def _pay(self, code: str, request: Request, body: bytes) -> Answer:
        return 200, _state(self._records.pay(code, request.path_params["record_id"], PaymentRecord.model_validate_json(body)))

    def _cancel(self, code: str, request: Request, body: bytes) -> Answer:
        return 200, _state(self._records.cancel(code, request.path_params["record_id"], CancellationRecord.model_validate_json(body)))

    async def _list(self, request: Request) -> Response:
        return JSONResponse(self._records.orders(request.query_params.get("hospitalCode")))

    async def _set_key(self, request: Request) -> Response:
        wanted = json_object(await body_of(request))
        code = text_of(wanted, "hospitalCode", _CODE.fullmatch)
        self._records.set_key(code, text_of(wanted, "key"))
        return JSONResponse({"hospitalCode": code})

    async def _set_fault(self, request: Request) -> Response:
        wanted = json_object(await body_of(request))
        code = text_of(wanted, "hospitalCode", _CODE.fullmatch)
        self._faults[code] = text_of(wanted, "mode", MODES.__contains__)
        return JSONResponse({"hospitalCode": code, "mode": self._faults[code]})

    async def _page(self, _: Request) -> Response:
        return hospitals_page(self._records.hospitals(), self._records.orders(), self._faults)


def _state(record: dict[str, Any]) -> dict[str, Any]:
    return {"recordId": record["recordId"], "state": record["state"]}


def _problem(status: int, detail: str) -> Response:
    return JSONResponse({"status": status, "detail": detail}, status, media_type="application/problem+json")


async def _bad_request(_: Request, error: Exception) -> Response:
    return _problem(400, str(error))
