"""Refunds at WeChat Pay: closed ones are asked for again under a new number, abnormal ones wait for a person and are told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from uuid import uuid4

import httpx
import pytest
from infra.simulators.wechat import keys

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.errors import PaymentMismatch
from guahao.domain.payment.payment import RefundNews, RefundState
from guahao.usecases.payment.refunds import last_try
from tests.simulators import Reply, server, simulator

pytestmark = pytest.mark.slow


class Merchant:
    """A merchant with a paid trade, and what it is told of refunds."""

    def __init__(self, provider: WechatPay, http: httpx.Client) -> None:
        self.provider, self.http = provider, http
        self.told: Queue[tuple[Mapping[str, str], str]] = Queue()
        self.trade_no = uuid4().hex

    def pay(self) -> str:
        """Return a paid trade of 5000 fen."""
        self.trade_no = uuid4().hex
        code_url = self.provider.open(self.trade_no, 5000, "挂号费", datetime.now(UTC) + timedelta(minutes=15))
        self.http.post("/scan", json={"codeUrl": code_url}).raise_for_status()
        return self.trade_no

    def set(self, mode: str) -> None:
        self.http.put("/faults", json={"refund": mode}).raise_for_status()

    def news(self) -> RefundNews:
        while True:
            headers, body = self.told.get(timeout=5)
            found = self.provider.read_notification(headers, body, datetime.now(UTC))
            if isinstance(found, RefundNews) and found.trade_no == self.trade_no:
                return found


@pytest.fixture(scope="module")
def merchant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merchant]:
    state: Path = tmp_path_factory.mktemp("wechat")
    told: Queue[tuple[Mapping[str, str], str]] = Queue()

    def take(_: str, headers: Mapping[str, str], body: bytes) -> Reply:
        told.put((headers, body.decode()))
        return 204, {}, b""

    with server(take) as hook, simulator("wechat", state) as url, httpx.Client(base_url=url, trust_env=False) as http:
        made = Merchant(WechatPay(WechatAccount.from_secret(keys.ensure(state), url, f"{hook}/notifications")), http)
        made.told = told
        yield made


@pytest.fixture(autouse=True)
def _normal(merchant: Merchant) -> Iterator[None]:
    yield
    merchant.set("normal")


def test_a_closed_refund_is_asked_for_again_under_the_next_number(merchant: Merchant) -> None:
    trade_no = merchant.pay()
    merchant.set("closed")
    assert merchant.provider.refund(trade_no, f"{trade_no}R", 5000, 5000, "退号") is RefundState.CLOSED
    assert merchant.news() == RefundNews(trade_no, f"{trade_no}R", RefundState.CLOSED)
    merchant.set("normal")
    # The same number stays closed, whatever is filled up.
    assert merchant.provider.refund(trade_no, f"{trade_no}R", 5000, 5000, "退号") is RefundState.CLOSED
    assert last_try(merchant.provider, f"{trade_no}R") == (f"{trade_no}R-2", None)
    assert merchant.provider.refund(trade_no, f"{trade_no}R-2", 5000, 5000, "退号") is RefundState.DONE
    assert merchant.news() == RefundNews(trade_no, f"{trade_no}R-2", RefundState.DONE)
    with pytest.raises(PaymentMismatch):
        merchant.provider.refund(trade_no, f"{trade_no}R-3", 5000, 5000, "退号")


def test_an_abnormal_refund_keeps_its_number_and_can_still_be_done(merchant: Merchant) -> None:
    trade_no = merchant.pay()
    merchant.set("abnormal")
    assert merchant.provider.refund(trade_no, f"{trade_no}R", 5000, 5000, "退号") is RefundState.ABNORMAL
    assert merchant.news().state is RefundState.ABNORMAL
    assert last_try(merchant.provider, f"{trade_no}R") == (f"{trade_no}R", RefundState.ABNORMAL)
    with pytest.raises(PaymentMismatch):
        merchant.provider.refund(trade_no, f"{trade_no}R-2", 5000, 5000, "退号")
    merchant.set("normal")
    assert merchant.news() == RefundNews(trade_no, f"{trade_no}R", RefundState.DONE)
    assert merchant.provider.refund_state(f"{trade_no}R") is RefundState.DONE
