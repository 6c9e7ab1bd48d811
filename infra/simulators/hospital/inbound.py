"""What the platform calls, signed: new orders, payments and cancellations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from guahao.contracts.partner_calls import CancellationRecord, PaymentRecord, Registration
from infra.simulators.asgi import body_of, path_and_query
from infra.simulators.hospital.access import Call
from infra.simulators.hospital.office import Office
from infra.simulators.hospital.problems import problem

Answer = tuple[int, dict[str, Any]]


class Inbound:
    """The routes under the hospital's apiUrl."""

    def __init__(self, office: Office) -> None:
        self._access, self._orders, self._faults = office.access, office.orders, office.faults

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/orders", self._signed(self._register), methods=["POST"]),
            Route("/orders/{record_id}/payment", self._signed(self._pay), methods=["POST"]),
            Route("/orders/{record_id}/cancellation", self._signed(self._cancel), methods=["POST"]),
        ]

    def _signed(self, handle: Callable[[str, Request, bytes], Answer]) -> Callable[[Request], Awaitable[Response]]:
        """Wrap an operation in the check of its signature and in the hospital's present mood."""

        async def answer(request: Request) -> Response:
            body = await body_of(request)
            code = self._access.admit(Call(request.headers, request.method, path_and_query(request), body))
            self._faults.before_work(code)
            try:
                status, content = handle(code, request, body)
            except ValidationError as error:
                return problem(422, f"The body has {error.error_count()} faults.")
            return await self._faults.answer(code, request, status, content)

        return answer

    def _register(self, code: str, _: Request, body: bytes) -> Answer:
        is_new, record = self._orders.register(code, Registration.model_validate_json(body), datetime.now(UTC))
        return 201 if is_new else 200, {name: record[name] for name in ("recordId", "checkInAt", "checkInPlace")}

    def _pay(self, code: str, request: Request, body: bytes) -> Answer:
        return 200, _state(self._orders.pay(code, request.path_params["record_id"], PaymentRecord.model_validate_json(body)))

    def _cancel(self, code: str, request: Request, body: bytes) -> Answer:
        return 200, _state(self._orders.cancel(code, request.path_params["record_id"], CancellationRecord.model_validate_json(body)))


def _state(record: dict[str, Any]) -> dict[str, Any]:
    return {"recordId": record["recordId"], "state": record["state"]}
