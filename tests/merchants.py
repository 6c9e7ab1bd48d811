"""A merchant of the simulated WeChat Pay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from typing import Any
from uuid import uuid4

import httpx
from infra.simulators.wechat import keys
from wechatpayv3 import WeChatPay, WeChatPayType

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from tests.simulators import server, simulator

SOON = timedelta(minutes=15)


class Merchant:
    """The receiving end of one test's notifications; answers come from `statuses`, 204 once they are used up.

    What an earlier test's trade still sends goes to that test's path, and is none of this one's.
    """

    def __init__(self) -> None:
        self.path = ""
        self.posted: Queue[tuple[dict[str, str], str]] = Queue()
        self.statuses: list[int] = []

    def listen_anew(self) -> str:
        self.path, self.posted, self.statuses = f"/notifications/{uuid4().hex}", Queue(), []
        return self.path

    def take(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path != self.path:
            return 204, {}, b""
        self.posted.put((dict(headers), body.decode()))
        return (self.statuses.pop(0) if self.statuses else 204), {}, b""


@dataclass(frozen=True)
class World:
    account: WechatAccount
    merchant: Merchant
    http: httpx.Client

    def opened(self, expires_in: timedelta = SOON) -> tuple[str, str]:
        trade_no = uuid4().hex
        return trade_no, WechatPay(self.account).open(trade_no, 5000, "挂号费", datetime.now(UTC) + expires_in)

    def scan(self, code_url: str) -> httpx.Response:
        return self.http.post("/scan", json={"codeUrl": code_url})

    def set(self, **modes: str) -> None:
        self.http.put("/faults", json=modes).raise_for_status()

    def library(self) -> Any:
        """Return the library's own client, bound to the simulator."""
        account = self.account
        client = WeChatPay(
            WeChatPayType.NATIVE,
            account.mchid,
            account.merchant_private_key,
            account.merchant_serial,
            account.appid,
            account.api_v3_key,
            notify_url=account.notify_url,
            public_key=account.platform_public_key,
            public_key_id=account.platform_public_key_id,
        )
        client._core._gate_way = account.gateway_url
        return client

    def call(self, method: Callable[..., tuple[int, str]], **given: Any) -> tuple[int, dict[str, Any]]:
        status, text = method(**given)
        return status, json.loads(text)


@contextmanager
def running_world(state: Path) -> Iterator[World]:
    """Run the simulator with its merchant."""
    merchant = Merchant()
    with (
        server(merchant.take) as hook,
        simulator("wechat", state, "--retry-factor", "0.01") as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield World(WechatAccount.from_secret(keys.ensure(state), url, hook), merchant, client)


@contextmanager
def listening(running: World) -> Iterator[World]:
    """Give the world with a merchant that has heard of nothing yet, and leave it without faults."""
    notify_url = running.account.notify_url + running.merchant.listen_anew()
    yield replace(running, account=replace(running.account, notify_url=notify_url))
    running.set(api="normal", notify="normal", refund="normal", bill="normal")
