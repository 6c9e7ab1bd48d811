"""The JSON interface for tests and scripts: unsigned, because only this machine reaches it."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.simulators.asgi import BadRequestError, body_of, json_object, text_of
from infra.simulators.hospital.access import is_address
from infra.simulators.hospital.entries import NOT_PUSHED
from infra.simulators.hospital.faults import MODES
from infra.simulators.hospital.office import Office
from infra.simulators.hospital.problems import RefusedError
from infra.simulators.hospital.shapes import HOSPITAL, KINDS, SCHEDULES, Kind, read_entries

UPLOAD_LIMIT_BYTES = 4 * 1024 * 1024

_CODE = re.compile(r"[0-9A-Za-z_-]{1,32}")


class Api:
    """What a test or a script can do; the pages do the same."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def routes(self) -> list[Route]:
        """Return the routes."""
        one, order = "/hospitals/{code}", "/hospitals/{code}/orders/{order_id}"
        return [
            Route("/settings", self._settings, methods=["PUT"]),
            Route("/faults", self._fault, methods=["PUT"]),
            Route("/orders", self._all_orders, methods=["GET"]),
            Route(f"{one}/orders", self._own_orders, methods=["GET"]),
            Route(f"{order}/attendance", self._attend, methods=["POST"]),
            Route(f"{order}/no-show", self._miss, methods=["POST"]),
            Route(f"{one}/push", self._push, methods=["POST"]),
            Route(f"{one}/platform", self._compare, methods=["GET"]),
            Route(f"{one}/adoption", self._adopt, methods=["POST"]),
            Route(f"{one}/calls", self._calls, methods=["GET"]),
            Route(f"{one}/schedules/{{key}}/suspension", self._suspend, methods=["POST"]),
            Route(f"{one}/schedules/{{key}}/no-shows", self._list_no_shows, methods=["POST"]),
            Route(f"{one}/{{kind}}", self._list, methods=["GET"]),
            Route(f"{one}/{{kind}}", self._save, methods=["PUT"]),
            Route(f"{one}/{{kind}}/{{key}}", self._remove, methods=["DELETE"]),
        ]

    async def _settings(self, request: Request) -> Response:
        wanted = json_object(await body_of(request))
        code, key = text_of(wanted, "hospitalCode", is_code), text_of(wanted, "key")
        url = text_of(wanted, "platformUrl", is_address) if "platformUrl" in wanted else None
        self._office.access.agree(code, key)
        if url is not None:
            self._office.access.set_platform(code, url)
        return JSONResponse({"hospitalCode": code, "platformUrl": self._office.access.platform_url(code)})

    async def _fault(self, request: Request) -> Response:
        wanted = json_object(await body_of(request))
        code, mode = text_of(wanted, "hospitalCode", is_code), text_of(wanted, "mode", MODES.__contains__)
        self._office.faults.set(code, mode)
        return JSONResponse({"hospitalCode": code, "mode": mode})

    async def _all_orders(self, request: Request) -> Response:
        return JSONResponse(self._office.orders.received(request.query_params.get("hospitalCode")))

    async def _own_orders(self, request: Request) -> Response:
        return JSONResponse({"items": self._office.orders.received(self._code(request))})

    async def _attend(self, request: Request) -> Response:
        return JSONResponse(await self._office.attend(self._code(request), request.path_params["order_id"]))

    async def _miss(self, request: Request) -> Response:
        return JSONResponse(self._office.orders.missed(self._code(request), request.path_params["order_id"]))

    async def _list_no_shows(self, request: Request) -> Response:
        return JSONResponse(await self._office.list_no_shows(self._code(request), request.path_params["key"]))

    async def _list(self, request: Request) -> Response:
        entries = self._office.entries.of(self._code(request), kind_of(request), request.query_params.get("date", ""))
        return JSONResponse({"items": [entry.shown() for entry in entries]})

    async def _save(self, request: Request) -> Response:
        code, kind = self._code(request), kind_of(request)
        outcomes = await self._office.save(code, kind, read_entries(kind, code, await body_of(request, UPLOAD_LIMIT_BYTES)))
        return _outcomes([asdict(outcome) for outcome in outcomes])

    async def _push(self, request: Request) -> Response:
        code = self._code(request)
        body = await body_of(request)
        everything = json_object(body).get("everything", False) if body else False
        if not isinstance(everything, bool):
            raise BadRequestError("everything is neither true nor false.")
        done = await self._office.push(code, everything)
        return _outcomes([{"kind": kind.name, **asdict(outcome)} for kind, outcomes in done.items() for outcome in outcomes])

    async def _remove(self, request: Request) -> Response:
        await self._office.remove(self._code(request), removable(kind_of(request)), request.path_params["key"])
        return Response(status_code=204)

    async def _suspend(self, request: Request) -> Response:
        code, key = self._code(request), request.path_params["key"]
        await self._office.suspend(code, key)
        return JSONResponse(self._office.entries.get(code, SCHEDULES, key).shown())

    async def _compare(self, request: Request) -> Response:
        compared = await self._office.compare(self._code(request))
        return JSONResponse(
            {kind.name: [{**asdict(found), "differences": found.differences} for found in all_] for kind, all_ in compared.items()}
        )

    async def _adopt(self, request: Request) -> Response:
        adopted = await self._office.adopt(self._code(request))
        return JSONResponse({"items": [{"kind": kind.name, "key": entry.key} for kind, entries in adopted.items() for entry in entries]})

    async def _calls(self, request: Request) -> Response:
        return JSONResponse({"items": self._office.platform.calls(self._code(request))})

    def _code(self, request: Request) -> str:
        """Return the hospital that the path names, or refuse one whose system this is not."""
        code: str = request.path_params["code"]
        self._office.access.key(code)
        return code


def is_code(text: str) -> bool:
    """Return whether this can be a hospital's code."""
    return _CODE.fullmatch(text) is not None


def kind_of(request: Request) -> Kind:
    """Return the kind of entry that the path names, or refuse."""
    kind = KINDS.get(request.path_params["kind"])
    if kind is None:
        raise RefusedError(404, f"There is no such list; there are {', '.join(KINDS)}.")
    return kind


def removable(kind: Kind) -> Kind:
    """Return the kind if its entries can be taken back from the platform, or refuse."""
    if kind is HOSPITAL:
        raise RefusedError(409, "A hospital leaves the platform by its administrator; here it can only be changed.")
    return kind


def _outcomes(items: list[dict[str, Any]]) -> Response:
    # What is saved but not pushed is accepted, and its end still open.
    return JSONResponse({"items": items}, 202 if any(item["result"] == NOT_PUSHED for item in items) else 200)
