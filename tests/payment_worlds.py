"""Payment providers, each with what happens around it: the fake, and WeChat Pay's adapter against the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from uuid import uuid4

import httpx
from infra.simulators.wechat import keys

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.payment.bills import BillEntry
from guahao.domain.time import shanghai_date
from guahao.ports.payment.payment import PaymentProvider
from tests.fakes.payment import FakePaymentProvider
from tests.simulators import Reply, server, simulator

SOON = timedelta(minutes=15)


@dataclass(frozen=True)
class World:
    """A provider and what happens around it."""

    provider: PaymentProvider
    pay: Callable[[str], object]
    notification: Callable[[str], tuple[Mapping[str, str], str]]
    set_down: Callable[[bool], object]
    set_refunds_take_time: Callable[[bool], object]
    set_bill_late: Callable[[bool], object]
    set_parts_at_once: Callable[[bool], object]

    def opened(self, amount_fen: int = 5000) -> str:
        trade_no = uuid4().hex
        self.provider.open(trade_no, amount_fen, "挂号费", datetime.now(UTC) + SOON)
        return trade_no

    def billed(self, *trade_nos: str) -> list[BillEntry]:
        """Return what the bill of the day of the first trade has of these."""
        paid_at = self.provider.query(trade_nos[0]).paid_at
        assert paid_at is not None
        bill = self.provider.bill(shanghai_date(paid_at))
        return [entry for entry in bill if isinstance(entry, BillEntry) and entry.trade_no in trade_nos]

    def paid(self, amount_fen: int = 5000) -> str:
        trade_no = self.opened(amount_fen)
        self.pay(trade_no)
        return trade_no


def fake_world() -> World:
    """Return the fake."""
    fake = FakePaymentProvider()

    def set_refunds_take_time(they_do: bool) -> None:
        fake.refunds_take_time = they_do
        if not they_do:
            fake.settle_refunds()

    def switch(name: str) -> Callable[[bool], object]:
        return lambda on: setattr(fake, name, on)

    switches = switch("down"), set_refunds_take_time, switch("bill_is_late"), switch("parts_at_once")
    return World(fake, fake.pay, fake.notification, *switches)


@contextmanager
def simulated_world(state: Path) -> Iterator[World]:
    """Give WeChat Pay's adapter against the simulator."""
    posted: Queue[tuple[Mapping[str, str], bytes]] = Queue()

    def take(_: str, headers: Mapping[str, str], body: bytes) -> Reply:
        posted.put((headers, body))
        return 204, {}, b""

    with server(take) as merchant, simulator("wechat", state) as url, httpx.Client(base_url=url, trust_env=False) as client:
        provider = WechatPay(WechatAccount.from_secret(keys.ensure(state), url, f"{merchant}/api/payments/wechat/notifications"))

        def pay(trade_no: str) -> None:
            code_url = next(trade["code_url"] for trade in client.get("/trades").json() if trade["out_trade_no"] == trade_no)
            client.post("/scan", json={"codeUrl": code_url}).raise_for_status()

        def notification(trade_no: str) -> tuple[Mapping[str, str], str]:
            while True:
                headers, body = posted.get(timeout=5)
                if provider.read_notification(headers, body.decode(), datetime.now(UTC)).trade_no == trade_no:
                    return headers, body.decode()

        def switch(name: str, mode: str) -> Callable[[bool], object]:
            return lambda on: client.put("/faults", json={name: mode if on else "normal"}).raise_for_status()

        switches = ("api", "down"), ("refund", "processing"), ("bill", "creating"), ("parts", "atOnce")
        yield World(provider, pay, notification, *(switch(name, mode) for name, mode in switches))
