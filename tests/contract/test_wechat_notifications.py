"""What the WeChat Pay adapter believes of a notification: only what the platform signed, sealed for us, about our own trade."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from infra.simulators.wechat import keys as key_store
from infra.simulators.wechat.keys import Keys
from infra.simulators.wechat.protocol import seal, signature_headers

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.errors import NotificationRefused
from guahao.domain.payment.payment import RefundNews, RefundState, Trade, TradeState

pytestmark = pytest.mark.slow

NOW = datetime(2025, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> WechatAccount:
    secret = key_store.ensure(tmp_path_factory.getbasetemp() / "wechat-keys")
    return WechatAccount.from_secret(secret, "http://127.0.0.1:1", "https://guahao.example/api/payments/wechat/notifications")


@pytest.fixture(scope="module")
def keys(account: WechatAccount, tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return key_store.load(tmp_path_factory.getbasetemp() / "wechat-keys")


def posted(
    keys: Keys, *, event: str = "TRANSACTION.SUCCESS", sealed: dict[str, str] | None = None, **changes: Any
) -> tuple[dict[str, str], str]:
    """Return headers and body of a genuine notification with these parts changed before it is sealed and signed."""
    trade = {
        "appid": keys.appid,
        "mchid": keys.mchid,
        "out_trade_no": "trade-0001",
        "transaction_id": "4200001",
        "trade_state": "SUCCESS",
        "success_time": "2025-11-23T12:00:00+08:00",
        "amount": {"total": 5000, "currency": "CNY"},
    }
    resource = seal(keys, trade | changes, "transaction") | (sealed or {})
    body = json.dumps({"id": "n1", "event_type": event, "resource_type": "encrypt-resource", "resource": resource})
    return signature_headers(keys, body.encode(), int(NOW.timestamp())), body


def test_a_genuine_notification_is_the_paid_trade(account: WechatAccount, keys: Keys) -> None:
    trade = WechatPay(account).read_notification(*posted(keys), NOW)
    assert isinstance(trade, Trade)
    assert (trade.trade_no, trade.state, trade.amount_fen, trade.transaction_id) == ("trade-0001", TradeState.PAID, 5000, "4200001")
    assert trade.paid_at == NOW
    assert trade.paid_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "changes",
    [
        {"mchid": "1900000001"},
        {"out_trade_no": ""},
        {"out_trade_no": "t" * 33},
        {"out_trade_no": "t" * 100_000},
        {"out_trade_no": None},
        {"transaction_id": ""},
        {"transaction_id": "4" * 33},
        {"trade_state": "CLOSED"},
        {"trade_state": "SOMETHING"},
        {"amount": {"total": 0, "currency": "CNY"}},
        {"amount": {"total": 50.5, "currency": "CNY"}},
        {"amount": {"total": 5000, "currency": "USD"}},
        {"amount": None},
        {"transaction_id": None},
        {"success_time": "2025-11-23T12:00:00"},
    ],
)
def test_a_trade_that_is_not_ours_or_not_paid_is_refused(account: WechatAccount, keys: Keys, changes: dict[str, Any]) -> None:
    with pytest.raises(NotificationRefused):
        WechatPay(account).read_notification(*posted(keys, **changes), NOW)


@pytest.mark.parametrize("event", ["TRANSACTION.CLOSED", "REFUND", "REFUNDS.SUCCESS", ""])
def test_another_event_is_refused(account: WechatAccount, keys: Keys, event: str) -> None:
    with pytest.raises(NotificationRefused):
        WechatPay(account).read_notification(*posted(keys, event=event), NOW)


@pytest.mark.parametrize("appid", ["wx0000000000000000", None])
def test_a_payment_in_another_app_of_the_merchant_or_of_none_is_ours(account: WechatAccount, keys: Keys, appid: str | None) -> None:
    told = WechatPay(account).read_notification(*posted(keys, appid=appid), NOW)
    assert isinstance(told, Trade)
    assert told.trade_no == "trade-0001"


@pytest.mark.parametrize("status", ["SUCCESS", "CLOSED", "ABNORMAL"])
def test_a_refund_is_told_of_without_an_appid(account: WechatAccount, keys: Keys, status: str) -> None:
    refund = {"appid": None, "trade_state": None, "out_refund_no": "trade-0001R", "refund_status": status}
    told = WechatPay(account).read_notification(*posted(keys, event=f"REFUND.{status}", **refund), NOW)
    state = {"SUCCESS": RefundState.DONE}.get(status) or RefundState(status.lower())
    assert told == RefundNews("trade-0001", "trade-0001R", state)
    with pytest.raises(NotificationRefused):
        WechatPay(account).read_notification(*posted(keys, event="REFUND.SUCCESS", **refund, mchid="1900000001"), NOW)


@pytest.mark.parametrize(
    "sealed",
    [
        {"algorithm": "AES"},
        {"nonce": "short"},
        {"nonce": "0" * 12},
        {"ciphertext": "not base64!"},
        {"ciphertext": ""},
        {"associated_data": "refund"},
    ],
)
def test_a_resource_that_cannot_be_opened_is_refused(account: WechatAccount, keys: Keys, sealed: dict[str, str]) -> None:
    with pytest.raises(NotificationRefused):
        WechatPay(account).read_notification(*posted(keys, sealed=sealed), NOW)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"id": 1}', '{"resource": "x"}'])
def test_a_signed_body_of_another_shape_is_refused(account: WechatAccount, keys: Keys, body: str) -> None:
    with pytest.raises(NotificationRefused):
        WechatPay(account).read_notification(signature_headers(keys, body.encode(), int(NOW.timestamp())), body, NOW)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Wechatpay-Serial", "PUB_KEY_ID_0000000000000000000000000000"),
        ("Wechatpay-Serial", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"),
        ("Wechatpay-Signature", "WECHATPAY/SIGNTEST/abcdef"),
        ("Wechatpay-Signature", ""),
        ("Wechatpay-Signature", "签名"),
        ("Wechatpay-Nonce", "another"),
        ("Wechatpay-Nonce", "\ud800"),
        ("Wechatpay-Timestamp", "now"),
        ("Wechatpay-Timestamp", "x"),
        ("Wechatpay-Timestamp", ""),
        ("Wechatpay-Timestamp", str(int(NOW.timestamp()) + 1)),
    ],
)
def test_a_notification_under_another_signature_is_refused(account: WechatAccount, keys: Keys, header: str, value: str) -> None:
    headers, body = posted(keys)
    with pytest.raises(NotificationRefused, match="is not signed with WeChat Pay's key"):
        WechatPay(account).read_notification(headers | {header: value}, body, NOW)


def test_a_notification_sealed_with_another_key_is_refused(account: WechatAccount, keys: Keys) -> None:
    with pytest.raises(NotificationRefused, match="decrypted"):
        WechatPay(account).read_notification(*posted(replace(keys, api_v3_key=b"k" * 32)), NOW)


def test_the_account_keeps_its_secrets_out_of_its_repr(account: WechatAccount) -> None:
    for secret in (account.merchant_private_key, account.api_v3_key):
        assert secret not in repr(account)


def test_the_keys_of_a_folder_are_made_once(account: WechatAccount, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert key_store.ensure(tmp_path_factory.getbasetemp() / "wechat-keys")["merchantSerial"] == account.merchant_serial
