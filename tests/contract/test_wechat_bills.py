"""Reading WeChat Pay's bills: what is not exactly a bill is not believed."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

import pytest
from infra.simulators.wechat import keys

from guahao.adapters.wechat.bills import Statement, read_bill
from guahao.adapters.wechat.payment import WechatAccount, WechatPay
from guahao.domain.errors import ProviderUnavailable
from guahao.domain.payment.bills import BillEntry, UnreadableLine
from tests.simulators import server

HEAD = "交易时间,微信订单号,商户订单号,交易状态,商户退款单号,退款状态,商品名称,订单金额,申请退款金额"
SUMS = "总交易单数,订单总金额"
PAID = "`2026-11-22 09:00:00,`4200,`t1,`SUCCESS,`0,`,`协和医院,心内科 ` 2026,`123.45,`0.00"
REFUNDED = "`2026-11-22 10:00:00,`4200,`t1,`REFUND,`t1R,`{state},`协和医院,`0.00,`0.07"


def bill(*lines: str, end: str = "\r\n") -> bytes:
    return ("\ufeff" + end.join(lines) + end).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("department", ["心内科", "内科,`专家,`", "`"])
def test_amounts_are_read_to_the_fen_whatever_a_description_holds(end: str, department: str) -> None:
    paid = PAID.replace("心内科", department)
    found = list(read_bill(bill(HEAD, paid, REFUNDED.format(state="SUCCESS"), SUMS, "`2,`123.45", end=end)))
    assert found == [BillEntry("t1", 12345, "", "4200"), BillEntry("t1", 7, "t1R", "4200")]


def test_no_description_is_sent_that_holds_what_sets_the_texts_of_a_bill_apart(tmp_path: Path) -> None:
    sent: list[bytes] = []
    with server(lambda _path, _headers, body: (sent.append(body), (500, {}, b""))[1]) as url, suppress(ProviderUnavailable):
        account = WechatAccount.from_secret(keys.ensure(tmp_path), url, "https://api.example/notifications")
        WechatPay(account).open("t1", 1, "内科,`专家", datetime.now(UTC))
    assert json.loads(sent[0])["description"] == "内科,专家"


def test_a_bill_of_the_early_form_is_read_by_its_own_names() -> None:
    """Merchants of before have no 应结订单金额, and other names for what was ordered and asked back."""
    early = HEAD.replace("订单金额", "总金额").replace("申请退款金额", "退款金额")
    found = list(read_bill(bill(early, PAID, REFUNDED.format(state="SUCCESS"), "总交易单数,总交易额", "`2,`123.45")))
    assert found == [BillEntry("t1", 12345, "", "4200"), BillEntry("t1", 7, "t1R", "4200")]


def test_a_refund_on_its_way_is_known_as_such() -> None:
    found = list(read_bill(bill(HEAD, REFUNDED.format(state="PROCESSING"), SUMS)))
    assert found == [BillEntry("t1", 7, "t1R", "4200", is_processing=True)]


@pytest.mark.parametrize("changed", [("123.45", "much"), ("123.45", "NaN"), ("SUCCESS", "REVOKED"), (",`0.00", "")])
def test_a_line_that_does_not_tell_is_named_and_keeps_no_other_waiting(changed: tuple[str, str]) -> None:
    found = list(read_bill(bill(HEAD, PAID, PAID.replace(*changed), PAID, SUMS)))
    assert found == [BillEntry("t1", 12345, "", "4200"), UnreadableLine(3), BillEntry("t1", 12345, "", "4200")]


@pytest.mark.parametrize("state", ["FAIL", "CHANGE"])
def test_a_refund_that_failed_gave_nothing_back(state: str) -> None:
    assert list(read_bill(bill(HEAD, REFUNDED.format(state=state), SUMS, "`1,`0.00"))) == []


@pytest.mark.parametrize(
    "lines",
    [
        (HEAD, PAID),
        ("",),
        ("<html>Bad Gateway</html>", PAID, SUMS),
        (HEAD.replace("订单金额", "金额"), PAID, SUMS),
        (HEAD.replace("商品名称", "说明"), SUMS),
    ],
)
def test_what_is_not_a_whole_bill_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(ProviderUnavailable):
        list(read_bill(bill(*lines)))


def test_only_the_file_that_was_meant_is_read() -> None:
    content = bill(HEAD, PAID, SUMS)
    digest = sha1(content, usedforsecurity=False).hexdigest()
    meant = Statement(hash_type="SHA1", hash_value=digest.upper(), download_url="https://pay.example/file?token=1")
    assert meant.proven(content) == content
    with pytest.raises(ProviderUnavailable):
        meant.proven(content + b" ")
