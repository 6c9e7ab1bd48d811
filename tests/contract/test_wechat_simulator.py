"""The simulated WeChat Pay behaves as the real one, also towards the library's own client, and its faults are real faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha1
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

import pytest
from infra.simulators.wechat import keys
from wechatpayv3.type import RequestType

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.errors import BalanceTooLow, NotificationRefused, ProviderUnavailable
from guahao.domain.payment.bills import BillEntry
from guahao.domain.payment.payment import TradeState
from guahao.domain.time import shanghai_date
from tests.merchants import SOON, World, listening, running_world
from tests.simulators import simulator

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("wechat")) as made:
        yield made


@pytest.fixture
def world(running: World) -> Iterator[World]:
    with listening(running) as made:
        yield made


def test_scanning_pays_once(world: World) -> None:
    trade_no, code_url = world.opened()
    answer = world.scan(code_url)
    assert (answer.status_code, answer.json()["state"]) == (200, "SUCCESS")
    assert answer.json()["transactionId"] == WechatPay(world.account).query(trade_no).transaction_id
    assert world.scan(code_url).status_code == 409
    assert world.scan("weixin://wxpay/bizpayurl?pr=nothing").status_code == 404


def test_a_second_opening_makes_the_first_code_worthless(world: World) -> None:
    trade_no, expires_at = uuid4().hex, datetime.now(UTC) + SOON
    first, second = (WechatPay(world.account).open(trade_no, 5000, "挂号费", expires_at) for _ in range(2))
    assert (world.scan(first).status_code, world.scan(second).status_code) == (404, 200)


def test_whoever_scans_a_code_first_is_the_only_one_who_can_pay_by_it(world: World) -> None:
    code_url = world.opened()[1]
    phone = partial(world.http.post, "/scan")
    assert phone(json={"codeUrl": code_url, "payer": "relative", "only": "scan"}).json() == {"state": "NOTPAY"}
    assert phone(json={"codeUrl": code_url, "payer": "patient"}).json()["state"] == "SCANNED_BY_ANOTHER"
    assert phone(json={"codeUrl": code_url, "payer": "relative"}).status_code == 200


def test_a_notification_is_repeated_under_its_id_until_it_is_taken(world: World) -> None:
    world.merchant.statuses = [500, 401, 200]
    world.scan(world.opened()[1])
    bodies = [world.merchant.posted.get(timeout=5)[1] for _ in range(3)]
    assert len({json.loads(body)["id"] for body in bodies}) == 1
    with pytest.raises(Empty):
        world.merchant.posted.get(timeout=0.5)


def test_a_lost_notification_never_comes(world: World) -> None:
    world.set(notify="lost")
    world.scan(world.opened()[1])
    world.set(notify="normal")
    with pytest.raises(Empty):
        world.merchant.posted.get(timeout=0.5)


def test_a_doubled_notification_comes_twice_under_one_id(world: World) -> None:
    world.set(notify="twice")
    world.scan(world.opened()[1])
    (first_headers, first), (second_headers, second) = (world.merchant.posted.get(timeout=5) for _ in range(2))
    assert first == second
    assert first_headers["Wechatpay-Nonce"] != second_headers["Wechatpay-Nonce"]


def test_a_wrongly_signed_notification_is_refused_and_its_repeat_believed(world: World) -> None:
    trade_no, code_url = world.opened()
    world.set(notify="wrongSignature")
    world.merchant.statuses = [401] * 2
    world.scan(code_url)
    with pytest.raises(NotificationRefused):
        WechatPay(world.account).read_notification(*world.merchant.posted.get(timeout=5), datetime.now(UTC))
    world.set(notify="normal")
    believed = [world.merchant.posted.get(timeout=5) for _ in range(2)][-1]
    assert WechatPay(world.account).read_notification(*believed, datetime.now(UTC)).trade_no == trade_no


def test_a_probe_is_refused_and_the_real_notification_believed(world: World) -> None:
    world.set(notify="probe")
    trade_no, code_url = world.opened()
    world.merchant.statuses = [401]
    world.scan(code_url)
    probe, real = (world.merchant.posted.get(timeout=5) for _ in range(2))
    assert probe[0]["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    with pytest.raises(NotificationRefused):
        WechatPay(world.account).read_notification(*probe, datetime.now(UTC))
    assert WechatPay(world.account).read_notification(*real, datetime.now(UTC)).trade_no == trade_no


def test_an_answer_that_is_a_probe_is_not_believed_though_what_was_asked_is_done(world: World) -> None:
    provider, trade_no = WechatPay(world.account), uuid4().hex
    world.set(api="probe")
    with pytest.raises(ProviderUnavailable, match="not signed"):
        provider.open(trade_no, 5000, "挂号费", datetime.now(UTC) + SOON)
    world.set(api="normal")
    assert provider.query(trade_no).state is TradeState.UNPAID


def test_a_bill_of_the_early_form_tells_the_same(world: World) -> None:
    trade_no, code_url = world.opened()
    world.scan(code_url)
    provider = WechatPay(world.account)
    provider.refund(trade_no, f"{trade_no}R", 2000, 5000, "替诊")
    told = []
    for form in ("normal", "early"):
        world.set(bill=form)
        bill = provider.bill(shanghai_date(datetime.now(UTC)))
        told.append([entry for entry in bill if isinstance(entry, BillEntry) and entry.trade_no == trade_no])
    assert told[0] == told[1]
    assert [entry.amount_fen for entry in told[1]] == [5000, 2000]


def test_parts_are_refunded_up_to_what_was_paid(world: World) -> None:
    trade_no, code_url = world.opened()
    world.scan(code_url)
    pay, amount = world.library(), {"refund": 3000, "total": 5000, "currency": "CNY"}
    assert world.call(pay.refund, out_trade_no=trade_no, out_refund_no=f"{trade_no}a", amount=amount)[1]["status"] == "SUCCESS"
    status, answer = world.call(pay.refund, out_trade_no=trade_no, out_refund_no=f"{trade_no}b", amount=amount)
    assert (status, answer["code"]) == (400, "INVALID_REQUEST")
    rest = {"refund": 2000, "total": 5000, "currency": "CNY"}
    status, answer = world.call(pay.refund, out_trade_no=trade_no, out_refund_no=f"{trade_no}b", amount=rest)
    assert (status, answer["code"]) == (429, "FREQUENCY_LIMITED")
    world.set(parts="atOnce")
    assert world.call(pay.refund, out_trade_no=trade_no, out_refund_no=f"{trade_no}b", amount=rest)[0] == 200
    listed = next(trade for trade in world.http.get("/trades").json() if trade["out_trade_no"] == trade_no)
    assert (listed["state"], listed["amount"], listed["refunded"]) == ("REFUND", 5000, 5000)


def test_a_refund_is_notified_where_it_asks_for_it(world: World) -> None:
    trade_no, code_url = world.opened()
    world.scan(code_url)
    world.merchant.posted.get(timeout=5)
    pay, amount = world.library(), {"refund": 5000, "total": 5000, "currency": "CNY"}
    world.call(pay.refund, out_trade_no=trade_no, out_refund_no=trade_no, amount=amount)
    told = pay.callback(*world.merchant.posted.get(timeout=5))
    assert (told["event_type"], told["resource"]["out_refund_no"]) == ("REFUND.SUCCESS", trade_no)
    assert told["resource"]["refund_status"] == "SUCCESS"


def test_a_refund_without_money_left_is_refused(world: World) -> None:
    trade_no, code_url = world.opened()
    world.scan(code_url)
    world.set(refund="notEnough")
    with pytest.raises(BalanceTooLow, match="NOTENOUGH"):
        WechatPay(world.account).refund(trade_no, trade_no, 5000, 5000, "退号")


def test_a_bill_is_given_to_who_signs_for_the_link_that_was_given(world: World) -> None:
    trade_no, code_url = world.opened()
    world.scan(code_url)
    pay = world.library()
    today = shanghai_date(datetime.now(UTC))
    status, told = world.call(pay._core.request, path=f"/v3/bill/tradebill?bill_date={today}&bill_type=ALL")
    assert status == 200
    assert world.http.get(told["download_url"]).status_code == 401
    status, content = pay.download_bill(told["download_url"])
    assert (status, sha1(content, usedforsecurity=False).hexdigest()) == (200, told["hash_value"])
    assert f"`{trade_no}," in content.decode()
    assert pay.download_bill(told["download_url"] + "x")[0] == 400
    assert world.call(pay._core.request, path=f"/v3/bill/tradebill?bill_date={today + timedelta(days=1)}")[0] == 400


def test_a_paid_trade_is_found_by_its_transaction(world: World) -> None:
    trade_no, code_url = world.opened()
    transaction_id = world.scan(code_url).json()["transactionId"]
    assert world.call(world.library().query, transaction_id=transaction_id)[1]["out_trade_no"] == trade_no
    assert world.call(world.library().query, transaction_id="4200000")[0] == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"total": 0}},
        {"amount": {"total": 1.5}},
        {"amount": {"total": True}},
        {"out_trade_no": "a b c d"},
        {"time_expire": "soon"},
        {"description": "协" * 42 + "ab"},
        {"attach": "协" * 43},
    ],
)
def test_a_malformed_order_is_a_parameter_error(world: World, wrong: dict[str, Any]) -> None:
    given = {"description": "挂号费", "out_trade_no": uuid4().hex, "amount": {"total": 1}} | wrong
    status, answer = world.call(world.library().pay, **given)
    assert (status, answer["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize("wrong", [{"trade_type": "NATIVE"}, {"attach": None}])
def test_a_field_that_is_unknown_or_null_is_a_parameter_error(world: World, wrong: dict[str, Any]) -> None:
    account = world.account
    order = {"appid": account.appid, "mchid": account.mchid, "description": "挂号费", "notify_url": "https://api.example/n"}
    data = order | {"out_trade_no": uuid4().hex, "amount": {"total": 1}}
    request = partial(world.library()._core.request, "/v3/pay/transactions/native", RequestType.POST)
    assert world.call(request, data=data)[0] == 200
    status, answer = world.call(request, data=data | wrong)
    assert (status, answer["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize("change", [{"merchant_serial": "0" * 40}, {"mchid": "1900000001"}])
def test_a_call_that_the_merchant_did_not_sign_is_refused(world: World, change: dict[str, str]) -> None:
    with pytest.raises(ProviderUnavailable, match="401 SIGNERROR"):
        WechatPay(replace(world.account, **change)).refund_state("refund-1")


def test_a_call_without_authorization_is_refused_with_a_signed_answer(world: World) -> None:
    answer = world.http.get("/v3/refund/domestic/refunds/refund-1")
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    assert answer.headers["Wechatpay-Serial"] == world.account.platform_public_key_id


def test_an_answer_signed_with_another_key_is_not_believed(world: World, tmp_path: Path) -> None:
    stranger = keys.ensure(tmp_path)
    account = replace(world.account, platform_public_key=stranger["platformPublicKey"])
    with pytest.raises(ProviderUnavailable, match="not signed"):
        WechatPay(account).open(uuid4().hex, 1, "挂号费", datetime.now(UTC) + SOON)


def test_an_answer_that_takes_too_long_is_given_up(world: World) -> None:
    world.set(api="slow")
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        WechatPay(world.account, timeout_seconds=(0.3, 0.3)).query(uuid4().hex)


def test_a_platform_that_is_not_there_is_unavailable(world: World) -> None:
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        WechatPay(replace(world.account, gateway_url="http://127.0.0.1:1")).query(uuid4().hex)


def test_the_page_pays_by_form_and_shows_what_it_was_told_as_text(world: World) -> None:
    trade_no = uuid4().hex
    code_url = WechatPay(world.account).open(trade_no, 5000, "<script>alert(1)</script>", datetime.now(UTC) + SOON)
    shown = world.http.get("/").text
    assert trade_no in shown
    assert "<script>" not in shown
    assert world.http.post("/scan", data={"codeUrl": code_url}).status_code == 303
    assert world.http.post("/scan", data={"codeUrl": code_url}).status_code == 409
    assert WechatPay(world.account).query(trade_no).state is TradeState.PAID


def test_an_unknown_switch_is_refused(world: World) -> None:
    assert world.http.put("/faults", json={"api": "sideways"}).status_code == 400


def test_trades_and_keys_survive_a_restart(tmp_path: Path) -> None:
    trade_no = uuid4().hex
    for expected in (TradeState.UNKNOWN, TradeState.UNPAID):
        with simulator("wechat", tmp_path) as url:
            provider = WechatPay(WechatAccount.from_secret(keys.ensure(tmp_path), url, "http://127.0.0.1:1/notifications"))
            assert provider.query(trade_no).state is expected
            provider.open(trade_no, 5000, "挂号费", datetime(2099, 1, 1, tzinfo=UTC))
