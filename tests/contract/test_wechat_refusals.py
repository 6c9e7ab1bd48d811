"""WeChat Pay's refusals: of one trade, which only a person can help, and of all, which end by themselves or with our own fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from infra.simulators.wechat import keys

from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.errors import BalanceTooLow, PaymentMismatch, ProviderUnavailable
from tests.simulators import server


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> WechatAccount:
    state: Path = tmp_path_factory.mktemp("wechat")
    return WechatAccount.from_secret(keys.ensure(state), "", "https://api.example/notifications")


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, "USER_ACCOUNT_ABNORMAL", PaymentMismatch),
        (400, "PARAM_ERROR", PaymentMismatch),
        (400, "INVALID_REQUEST", PaymentMismatch),
        (403, "NOT_ENOUGH", BalanceTooLow),
        (403, "NO_AUTH", ProviderUnavailable),
        (403, "FREQUENCY_LIMITED", ProviderUnavailable),
        (403, "RULE_LIMIT", ProviderUnavailable),
        (403, "RULELIMIT", ProviderUnavailable),
        (403, "ACCOUNT_ERROR", ProviderUnavailable),
        (401, "SIGN_ERROR", ProviderUnavailable),
        (429, "RULE_LIMIT", ProviderUnavailable),
        (500, "SYSTEM_ERROR", ProviderUnavailable),
        (404, "", ProviderUnavailable),
    ],
)
def test_a_refusal_of_one_trade_is_told_from_one_of_all(account: WechatAccount, status: int, code: str, error: type[Exception]) -> None:
    with server(lambda *_: (status, {}, json.dumps({"code": code}).encode() if code else b"<html>")) as url:
        provider = WechatPay(replace(account, gateway_url=url))
        calls: list[Callable[[], object]] = [
            lambda: provider.query("t1"),
            lambda: provider.refund("t1", "r1", 1, 1, "退号"),
            lambda: provider.refund_state("r1"),
            lambda: provider.close("t1"),
        ]
        for call in calls:
            with pytest.raises(error):
                call()
