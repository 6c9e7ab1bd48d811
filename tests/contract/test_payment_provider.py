"""The rules of the payment port, on WeChat Pay's adapter against the simulator and on the fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from uuid import uuid4

import httpx
import pytest
from infra.simulators.wechat import keys

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.errors import NotificationRefused, PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.bills import BillEntry
from guahao.domain.payment.payment import RefundState, TradeState
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
    fake = FakePaymentProvider()

    def set_refunds_take_time(they_do: bool) -> None:
        fake.refunds_take_time = they_do
        if not they_do:
            fake.settle_refunds()

    def switch(name: str) -> Callable[[bool], object]:
        return lambda on: setattr(fake, name, on)

    return World(fake, fake.pay, fake.notification, switch("down"), set_refunds_take_time, switch("bill_is_late"))


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state: Path = tmp_path_factory.mktemp("wechat")
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

        yield World(provider, pay, notification, switch("api", "down"), switch("refund", "processing"), switch("bill", "creating"))


@pytest.fixture(params=["fake", "wechat"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = fake_world() if request.param == "fake" else request.getfixturevalue("simulated")
    return made


def test_an_opened_trade_waits_for_its_payment(world: World) -> None:
    trade_no = world.opened()
    found = world.provider.query(trade_no)
    assert (found.trade_no, found.state, found.amount_fen, found.transaction_id) == (trade_no, TradeState.UNPAID, None, None)


def test_opening_twice_gives_a_code_for_the_same_trade(world: World) -> None:
    trade_no, expires_at = uuid4().hex, datetime.now(UTC) + SOON
    codes = {world.provider.open(trade_no, 1, "挂号费", expires_at) for _ in range(2)}
    assert len(codes) == 1
    assert codes.pop().startswith("weixin://")


def test_a_trade_number_is_not_reused_for_another_amount(world: World) -> None:
    trade_no = world.opened(5000)
    with pytest.raises(PaymentMismatch):
        world.provider.open(trade_no, 5001, "挂号费", datetime.now(UTC) + SOON)


def test_a_trade_never_opened_is_unknown(world: World) -> None:
    assert world.provider.query(uuid4().hex).state is TradeState.UNKNOWN


def test_a_paid_trade_carries_amount_transaction_and_time(world: World) -> None:
    found = world.provider.query(world.paid(12345))
    assert (found.state, found.amount_fen) == (TradeState.PAID, 12345)
    assert found.transaction_id
    assert found.paid_at is not None
    assert abs(datetime.now(UTC) - found.paid_at) < timedelta(seconds=10)


def test_a_paid_trade_is_not_opened_again(world: World) -> None:
    trade_no = world.paid()
    with pytest.raises(PaymentMismatch):
        world.provider.open(trade_no, 5000, "挂号费", datetime.now(UTC) + SOON)


def test_a_closed_trade_cannot_be_paid_or_opened(world: World) -> None:
    trade_no = world.opened()
    world.provider.close(trade_no)
    assert world.provider.query(trade_no).state is TradeState.CLOSED
    with pytest.raises((ValueError, httpx.HTTPStatusError)):
        world.pay(trade_no)
    with pytest.raises(PaymentMismatch):
        world.provider.open(trade_no, 5000, "挂号费", datetime.now(UTC) + SOON)


def test_closing_twice_or_what_was_never_opened_is_no_error(world: World) -> None:
    trade_no = world.opened()
    for _ in range(2):
        world.provider.close(trade_no)
    world.provider.close(uuid4().hex)


def test_a_paid_trade_is_not_closed(world: World) -> None:
    trade_no = world.paid()
    with pytest.raises(PaymentMismatch):
        world.provider.close(trade_no)
    assert world.provider.query(trade_no).state is TradeState.PAID


def test_a_refund_gives_the_whole_amount_back_once(world: World) -> None:
    trade_no, refund_no = world.paid(), uuid4().hex
    assert world.provider.refund_state(refund_no) is None
    for _ in range(2):
        assert world.provider.refund(trade_no, refund_no, 5000, "退号") is RefundState.DONE
    assert world.provider.refund_state(refund_no) is RefundState.DONE
    assert world.provider.query(trade_no).state is TradeState.REFUNDING
    with pytest.raises(PaymentMismatch):
        world.provider.refund(trade_no, uuid4().hex, 5000, "退号")


def test_a_refund_may_take_its_time(world: World) -> None:
    trade_no, refund_no = world.paid(), uuid4().hex
    world.set_refunds_take_time(True)
    try:
        assert world.provider.refund(trade_no, refund_no, 5000, "退号") is RefundState.PROCESSING
        assert world.provider.refund_state(refund_no) is RefundState.PROCESSING
    finally:
        world.set_refunds_take_time(False)
    assert world.provider.refund(trade_no, refund_no, 5000, "退号") is RefundState.DONE


@pytest.mark.parametrize("amount_fen", [4999, 5001])
def test_a_refund_of_another_amount_is_refused(world: World, amount_fen: int) -> None:
    trade_no = world.paid(5000)
    with pytest.raises(PaymentMismatch):
        world.provider.refund(trade_no, uuid4().hex, amount_fen, "退号")
    assert world.provider.query(trade_no).state is TradeState.PAID


def test_what_was_not_paid_is_not_refunded(world: World) -> None:
    for trade_no in (world.opened(), uuid4().hex):
        with pytest.raises(PaymentMismatch):
            world.provider.refund(trade_no, uuid4().hex, 5000, "退号")


def test_the_bill_of_a_day_has_its_payments_and_refunds_to_the_fen(world: World) -> None:
    kept, returned, refund_no = world.paid(12345), world.paid(7), uuid4().hex
    world.opened()
    world.provider.refund(returned, refund_no, 7, "退号")
    numbers = {trade_no: world.provider.query(trade_no).transaction_id or "" for trade_no in (kept, returned)}
    assert set(world.billed(kept, returned)) == {
        BillEntry(kept, 12345, "", numbers[kept]),
        BillEntry(returned, 7, "", numbers[returned]),
        BillEntry(returned, 7, refund_no, numbers[returned]),
    }


def test_the_bill_tells_a_refund_on_its_way(world: World) -> None:
    trade_no = world.paid()
    world.set_refunds_take_time(True)
    try:
        world.provider.refund(trade_no, uuid4().hex, 5000, "退号")
        assert [entry.is_processing for entry in world.billed(trade_no)] == [False, True]
    finally:
        world.set_refunds_take_time(False)


def test_a_description_may_hold_what_sets_the_texts_of_a_bill_apart(world: World) -> None:
    trade_no = uuid4().hex
    world.provider.open(trade_no, 100, "内科,`专家", datetime.now(UTC) + SOON)
    world.pay(trade_no)
    assert [entry.amount_fen for entry in world.billed(trade_no)] == [100]


def test_a_day_without_trades_has_an_empty_bill(world: World) -> None:
    assert list(world.provider.bill(date(2020, 1, 1))) == []


def test_a_bill_that_is_not_written_yet_is_asked_for_again(world: World) -> None:
    world.paid()
    world.set_bill_late(True)
    try:
        with pytest.raises(ProviderUnavailable):
            world.provider.bill(shanghai_date(datetime.now(UTC)))
    finally:
        world.set_bill_late(False)


def test_a_notification_tells_of_the_paid_trade(world: World) -> None:
    trade_no = world.paid(700)
    headers, body = world.notification(trade_no)
    assert world.provider.read_notification(headers, body, datetime.now(UTC)) == world.provider.query(trade_no)


def test_a_notification_is_read_whatever_the_case_of_its_headers(world: World) -> None:
    trade_no = world.paid()
    headers, body = world.notification(trade_no)
    for spelled in (str.lower, str.upper):
        changed = {spelled(name): value for name, value in headers.items()}
        assert world.provider.read_notification(changed, body, datetime.now(UTC)).trade_no == trade_no


@pytest.mark.parametrize("seconds", [-310, 310])
def test_a_notification_more_than_five_minutes_away_is_refused(world: World, seconds: int) -> None:
    headers, body = world.notification(world.paid())
    with pytest.raises(NotificationRefused):
        world.provider.read_notification(headers, body, datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_changed_or_unsigned_notification_is_refused(world: World) -> None:
    headers, body = world.notification(world.paid())
    for given, text in ((headers, body + " "), ({}, body), (headers, "")):
        with pytest.raises(NotificationRefused):
            world.provider.read_notification(given, text, datetime.now(UTC))


def test_a_provider_that_is_down_is_unavailable_and_recovers(world: World) -> None:
    trade_no = world.opened()
    world.set_down(True)
    try:
        for call in (
            lambda: world.provider.open(uuid4().hex, 1, "挂号费", datetime.now(UTC) + SOON),
            lambda: world.provider.query(trade_no),
            lambda: world.provider.close(trade_no),
            lambda: world.provider.refund(trade_no, "refund-1", 5000, "退号"),
            lambda: world.provider.refund_state("refund-1"),
            lambda: world.provider.bill(date(2020, 1, 1)),
        ):
            with pytest.raises(ProviderUnavailable):
                call()
    finally:
        world.set_down(False)
    assert world.provider.query(trade_no).state is TradeState.UNPAID
