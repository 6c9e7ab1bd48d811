"""The gateway and the SMS record of an AWS endpoint that runs elsewhere: LocalStack, or another MiniStack."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from infra.local.aws import Asgi, Receive, Scope, Send
from infra.local.deploy import PRODUCT, client
from infra.local.layout import Layout

KEPT_BY_EACH_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


def outside_gateway(layout: Layout) -> Asgi:
    """Return an application that passes requests on to the deployed API."""
    http = httpx.AsyncClient(base_url=layout.aws_url, timeout=35, trust_env=False)

    base = ""

    async def pass_on(request: Request) -> httpx.Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return await http.request(
            request.method,
            f"{base}{request.url.path}{query}",
            content=await request.body(),
            headers=[(name, value) for name, value in request.headers.items() if name not in KEPT_BY_EACH_HOP],
        )

    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal base
        request = Request(scope, receive)
        base = base or await asyncio.to_thread(base_path, layout)
        answer = await pass_on(request)
        # An update that changes the routes may give the API a new id.
        if answer.status_code == HTTPStatus.NOT_FOUND and base != (base := await asyncio.to_thread(base_path, layout)):
            answer = await pass_on(request)
        headers = {name: value for name, value in answer.headers.items() if name not in {*KEPT_BY_EACH_HOP, "content-encoding"}}
        await Response(answer.content, answer.status_code, headers)(scope, receive, send)

    return gateway


def base_path(layout: Layout) -> str:
    """Find the path under which the endpoint serves the product's stage."""
    found = client(layout, "cloudformation").describe_stack_resources(StackName=PRODUCT.name)["StackResources"]
    ids = {entry["ResourceType"]: entry["PhysicalResourceId"] for entry in found}
    return f"/restapis/{ids['AWS::ApiGateway::RestApi']}/{ids['AWS::ApiGateway::Stage']}/_user_request_"


async def outside_messages(layout: Layout) -> list[dict[str, Any]]:
    """Read the SMS record in the way LocalStack offers it."""
    async with httpx.AsyncClient(base_url=layout.aws_url, trust_env=False) as http:
        answer = await http.get("/_aws/sns/sms-messages", params={"region": client(layout, "sns").meta.region_name})
    records: dict[str, list[dict[str, Any]]] = answer.json().get("sms_messages", {}) if answer.is_success else {}
    return [record for of_one_phone in records.values() for record in of_one_phone]
