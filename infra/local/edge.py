"""The product's one address: /api is the gateway, /api-docs/ its description, /sms shows what was sent, all else is the web."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from infra.local import api_page
from infra.local.aws import Asgi, Receive, Scope, Send
from infra.local.layout import REPOSITORY, Layout

STACK = "guahao"
WEB = REPOSITORY / "web" / "dist"

Messages = Callable[[], Awaitable[list[dict[str, Any]]]]


class Edge:
    """Routes a request to the gateway's application or answers it."""

    def __init__(self, layout: Layout, gateway: Asgi, messages: Messages, web: Path = WEB) -> None:
        self._layout = layout
        self._gateway = gateway
        self._messages = messages
        site: list[Route | Mount] = [Mount("/", StaticFiles(directory=web, html=True))] if web.is_dir() else [Route("/", self._addresses)]
        self._pages = Starlette(routes=[Route("/sms", self._sms), *api_page.routes(), *site])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        to_gateway = scope["type"] == "http" and (scope["path"] == "/api" or scope["path"].startswith("/api/"))
        await (self._gateway if to_gateway else self._pages)(scope, receive, send)

    async def _sms(self, request: Request) -> Response:
        phone = mainland_number(request.query_params.get("phone", ""))
        return JSONResponse(newest_first(await self._messages(), phone), headers={"Cache-Control": "no-store"})

    async def _addresses(self, _: Request) -> Response:
        layout = self._layout
        links = {
            "The interface": f"{layout.address}{api_page.PATH}",
            "SMS sent": f"{layout.address}/sms",
            "WeChat Pay simulator": layout.payment_url,
            "Hospital simulator": layout.hospital_url,
        }
        items = "".join(f'<li>{title}: <a href="{url}">{url}</a></li>' for title, url in links.items())
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>guahao</title>'
        return HTMLResponse(f"{head}<h1>guahao</h1><ul>{items}</ul></html>")


def mainland_number(phone: str) -> str:
    """Return the eleven digits of a mobile number, also of one whose plus sign the query turned into a space."""
    return re.sub(r"^\+?86(?=\d{11}$)", "", phone.strip())


def newest_first(records: list[dict[str, Any]], phone: str) -> list[dict[str, Any]]:
    """Shape the record of SMS sent, oldest first, for one phone or for all."""
    messages = [
        {"phone": mainland_number(record["PhoneNumber"]), "message": record["Message"], "sentAt": record.get("SentAt")}
        for record in records
    ]
    wanted = [message for message in messages if not phone or message["phone"] == phone]
    # Turned round for records without a time: what is alike stays in its order.
    wanted.reverse()
    return sorted(wanted, key=lambda message: message["sentAt"] or "", reverse=True)


def in_process_gateway(app: Asgi) -> Asgi:
    """Return the gateway as an application inside this process: no second network hop."""
    from ministack.services import apigateway_v1

    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        # Looked up each time: MiniStack gives the API a new id whenever its routes change.
        for (_, _, api_id), api in apigateway_v1._rest_apis.all_items():
            if api["name"] == STACK:
                stage = next(iter(apigateway_v1.stages_for_api(api_id)))
                break
        else:
            await JSONResponse({"message": "The API is not deployed yet"}, 503)(scope, receive, send)
            return
        prefix = f"/restapis/{api_id}/{stage}/_user_request_"
        moved = {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + scope["raw_path"]}
        await app(moved, receive, send)

    return gateway
