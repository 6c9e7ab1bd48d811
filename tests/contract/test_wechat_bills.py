"""Reading WeChat Pay's bills: what is not exactly a bill is not believed."""

from __future__ import annotations

from hashlib import sha1

import pytest

from guahao.adapters.wechat.bills import Statement, read_bill
from guahao.domain.bills import BillEntry
from guahao.domain.errors import ProviderUnavailable

HEAD = "交易时间,商户订单号,交易状态,商户退款单号,退款状态,商品名称,订单金额,申请退款金额"
SUMS = "总交易单数,订单总金额"
PAID = "`2026-11-22 09:00:00,`t1,`SUCCESS,`0,`,`协和医院,心内科 ` 2026,`123.45,`0.00"
REFUNDED = "`2026-11-22 10:00:00,`t1,`REFUND,`t1R,`{state},`协和医院,`0.00,`0.07"


def bill(*lines: str, end: str = "\r\n") -> bytes:
    return ("\ufeff" + end.join(lines) + end).encode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_amounts_are_read_to_the_fen_whatever_a_description_holds(end: str) -> None:
    found = list(read_bill(bill(HEAD, PAID, REFUNDED.format(state="PROCESSING"), SUMS, "`2,`123.45", end=end)))
    assert found == [BillEntry("t1", 12345), BillEntry("t1", 7, "t1R")]


@pytest.mark.parametrize("state", ["FAIL", "CHANGE"])
def test_a_refund_that_failed_gave_nothing_back(state: str) -> None:
    assert list(read_bill(bill(HEAD, REFUNDED.format(state=state), SUMS, "`1,`0.00"))) == []


@pytest.mark.parametrize(
    "lines",
    [
        (HEAD, PAID),
        ("",),
        ("<html>Bad Gateway</html>", PAID, SUMS),
        (HEAD, PAID.replace("123.45", "much"), SUMS),
        (HEAD, PAID.replace("SUCCESS", "REVOKED"), SUMS),
        (HEAD.replace("订单金额", "金额"), PAID, SUMS),
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
