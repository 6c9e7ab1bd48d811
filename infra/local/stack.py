"""Start the parts in parallel where they do not need each other, keep them running, and stop them all."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from typing import Any

from infra.local import api_page
from infra.local.aws import CHANGED_BY_DEPLOYMENT, CHANGED_BY_USE, Asgi, LocalAws, answers, serve
from infra.local.deploy import Deployment, client
from infra.local.edge import WEB, Edge, Messages, in_process_gateway
from infra.local.layout import Layout
from infra.local.outside import outside_gateway, outside_messages
from infra.local.screen import Screen
from infra.local.seeding import seed
from infra.local.services import Child, Service, services
from infra.simulators.wechat import keys


class LocalStack:
    """Everything that `run` starts."""

    def __init__(self, layout: Layout, screen: Screen) -> None:
        self._layout = layout
        self._screen = screen
        self._aws: LocalAws | None = None
        self._children: list[Child] = []
        self._watchers: list[asyncio.Task[None]] = []
        self._edge: asyncio.Task[None] | None = None
        self._edge_stopping = asyncio.Event()

    async def start(self) -> dict[str, Any]:
        """Bring everything up, and return what stack.json says."""
        layout = self._layout
        shutil.rmtree(layout.temporary, ignore_errors=True)
        for folder in (layout.state, layout.logs, layout.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        deployment = Deployment(layout)
        packing = asyncio.create_task(self._pack(deployment))
        parts = [asyncio.create_task(self._start_service(service)) for service in services(layout)]
        try:
            await self._start_aws()
            await self._deploy(deployment, await packing)
            await asyncio.gather(*parts)
        finally:
            await settle([packing, *parts])
        await self._open_edge()
        return self._addresses(await self._seed())

    async def _pack(self, deployment: Deployment) -> Any:
        with self._screen.step("Functions and layers packed"):
            return await asyncio.to_thread(deployment.packages)

    async def _start_service(self, service: Service) -> None:
        with self._screen.step(service.title):
            child = await Child.start(service, self._layout)
        self._children.append(child)
        self._watchers.append(asyncio.create_task(self._watch(child)))

    async def _watch(self, child: Child) -> None:
        self._screen.problem(await child.ended())

    async def _start_aws(self) -> None:
        if "AWS_ENDPOINT_URL" in self._layout.external:
            return
        with self._screen.step("AWS (MiniStack)"):
            self._aws = LocalAws(self._layout)
            await self._aws.start()

    async def _deploy(self, deployment: Deployment, packages: Any) -> None:
        with self._screen.step("Stacks deployed"):
            changed = await asyncio.to_thread(deployment.run, packages, self._screen.detail)
            # At every start: an earlier one may have been interrupted here, a reset makes new keys, and addresses may be others.
            await asyncio.to_thread(self._fill_secrets)
            if changed and self._aws:
                await self._aws.save(CHANGED_BY_USE | CHANGED_BY_DEPLOYMENT)

    def _fill_secrets(self) -> None:
        """Do what operators do on AWS; what holds the right text already gets no new version."""
        layout = self._layout
        merchant = json.dumps(keys.ensure(layout.state / "wechat"))
        wanted = {"guahao/wechat-pay": merchant, "guahao/redis": layout.redis_url, "guahao/mongodb": layout.mongodb_url}
        secrets = client(layout, "secretsmanager")
        for name, text in wanted.items():
            if held(secrets, name) != text:
                secrets.put_secret_value(SecretId=name, SecretString=text)

    async def _open_edge(self) -> None:
        gateway: Asgi
        messages: Messages
        layout = self._layout
        if self._aws:
            from infra.local.amendments import sent_messages

            gateway = in_process_gateway(self._aws.app)

            async def messages() -> list[dict[str, Any]]:
                return sent_messages()
        else:
            gateway = outside_gateway(self._layout)

            async def messages() -> list[dict[str, Any]]:
                return await outside_messages(self._layout)

        self._edge = asyncio.create_task(serve(Edge(layout, gateway, messages), layout.host, layout.port, self._edge_stopping))
        while not await answers(layout.port, layout.host):
            if self._edge.done():
                self._edge.result()
            await asyncio.sleep(0.02)

    async def _seed(self) -> dict[str, Any]:
        with self._screen.step("Demo data"):
            return await seed(self._layout)

    def _addresses(self, accounts: dict[str, Any]) -> dict[str, Any]:
        layout = self._layout
        return {
            "api": layout.address,
            **({"web": f"{layout.address}/"} if WEB.is_dir() else {}),
            "apiDocs": f"{layout.address}{api_page.PATH}",
            "sms": f"{layout.address}/sms",
            "payment": layout.payment_url,
            "hospital": layout.hospital_url,
            "accounts": accounts,
        }

    def processes(self) -> dict[str, int]:
        """Return the process id of each part, for who wants to stop or watch one."""
        return {"launcher": os.getpid(), **{child.service.name: child.pid for child in self._children}}

    async def stop(self) -> None:
        """Stop accepting requests, save the data, and end every process that was started."""
        for watcher in self._watchers:
            watcher.cancel()
        self._edge_stopping.set()
        await settle([task for task in (self._edge,) if task])
        if self._aws:
            await self._aws.stop()
        await asyncio.gather(*(child.stop() for child in self._children))
        shutil.rmtree(self._layout.temporary, ignore_errors=True)


def held(secrets: Any, name: str) -> str:
    """Return the secret's text, of one that was never filled none."""
    try:
        return str(secrets.get_secret_value(SecretId=name).get("SecretString", ""))
    except secrets.exceptions.ResourceNotFoundException:
        return ""


async def settle(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel what still runs and wait until all of it has ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
