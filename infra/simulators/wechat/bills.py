"""Bills: what was paid and given back on a day of Shanghai, as a file that the merchant fetches once it has been told where it lies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha1

from infra.simulators.asgi import BadRequestError
from infra.simulators.wechat.faults import Faults
from infra.simulators.wechat.keys import Keys
from infra.simulators.wechat.protocol import WechatError, random_text
from infra.simulators.wechat.store import SHANGHAI

LINK_SECONDS = 300

_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
# Merchants of before get this form, without what coupons make of an amount.
_EARLY_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,代金券或立减优惠金额,"
    "微信退款单号,商户退款单号,退款金额,代金券或立减优惠退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率"
)
_EARLY_SUMS = "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额"
_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
_PAID = "SELECT * FROM trades WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, rowid"
_GIVEN_BACK = (
    "SELECT r.*, t.transaction_id, t.description, t.attach FROM refunds r JOIN trades t USING (out_trade_no)"
    " WHERE r.created_at >= ? AND r.created_at < ? ORDER BY r.created_at, r.rowid"
)


class Bills:
    """The platform's bills; unlike the real one's, a day can be billed while it lasts."""

    def __init__(self, store: sqlite3.Connection, keys: Keys, faults: Faults) -> None:
        self._store = store
        self._keys = keys
        self._faults = faults
        self._files: dict[str, tuple[bytes, int]] = {}

    def statement(self, asked: Mapping[str, str], base_url: str, now: int) -> dict[str, str]:
        """Write the bill and return where it lies for five minutes, or raise NO_STATEMENT_EXIST."""
        if asked.get("bill_type", "ALL") != "ALL" or "tar_type" in asked:
            raise BadRequestError("This platform writes bills of the bill_type ALL only, and none with a tar_type.")
        if self._faults["bill"] == "creating":
            raise WechatError(400, "STATEMENT_CREATING", "账单生成中")
        content = self._written(_day(asked.get("bill_date", ""), now)).encode()
        token = random_text(64)
        self._files = {known: file for known, file in self._files.items() if file[1] > now} | {token: (content, now + LINK_SECONDS)}
        digest = sha1(content, usedforsecurity=False).hexdigest()
        return {"hash_type": "SHA1", "hash_value": digest, "download_url": f"{base_url}v3/billdownload/file?token={token}"}

    def file(self, token: str, now: int) -> bytes:
        """Return the file behind a link that is still good."""
        content, until = self._files.get(token, (b"", 0))
        if until <= now:
            raise WechatError(400, "INVALID_REQUEST", "账单下载链接已失效")
        return content

    def _written(self, day: date) -> str:
        begin = int(datetime.combine(day, time(), SHANGHAI).timestamp())
        bounds = begin, begin + int(timedelta(days=1).total_seconds())
        paid, given_back = self._store.execute(_PAID, bounds).fetchall(), self._store.execute(_GIVEN_BACK, bounds).fetchall()
        if not paid and not given_back:
            raise WechatError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        taken, returned = sum(trade["amount"] for trade in paid), sum(refund["amount"] for refund in given_back)
        sums = (len(paid) + len(given_back), _yuan(taken), _yuan(returned), "0.00", "0.00", _yuan(taken), _yuan(returned))
        lines = [_HEAD, *map(self._trade, paid), *map(self._refund, given_back), _SUMS, _row(sums)]
        if self._faults["bill"] == "early":
            # The last columns came later; the others stand where they stood.
            shorter = (",`".join(line.split(",`")[:24]) for line in lines[1:-2])
            lines = [_EARLY_HEAD, *shorter, _EARLY_SUMS, _row(sums[:5])]
        return "\ufeff" + "".join(f"{line}\r\n" for line in lines)

    def _trade(self, trade: sqlite3.Row) -> str:
        amount = _yuan(trade["amount"])
        refund = ("0", "0", "0.00", "0.00", "", "")
        return self._line(trade, trade["paid_at"], "SUCCESS", amount, refund, (amount, "0.00"))

    def _refund(self, refund: sqlite3.Row) -> str:
        amount = _yuan(refund["amount"])
        numbers = (refund["refund_id"], refund["out_refund_no"], amount, "0.00", "ORIGINAL", refund["status"])
        return self._line(refund, refund["created_at"], "REFUND", "0.00", numbers, ("0.00", amount))

    def _line(self, row: sqlite3.Row, at: int, state: str, settled: str, refund: Iterable[str], amounts: Iterable[str]) -> str:
        moment = f"{datetime.fromtimestamp(at, SHANGHAI):%Y-%m-%d %H:%M:%S}"
        who = (self._keys.appid, self._keys.mchid, "0", "", row["transaction_id"], row["out_trade_no"], "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
        what = ("NATIVE", state, "OTHERS", "CNY", settled, "0.00", *refund, row["description"], row["attach"], "0.00000", "0.60%")
        return _row((moment, *who, *what, *amounts, ""))


def _row(values: Iterable[object]) -> str:
    return ",".join(f"`{value}" for value in values)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _day(text: str, now: int) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadRequestError("bill_date is not a day.") from error
    if day > datetime.fromtimestamp(now, SHANGHAI).date():
        raise BadRequestError("bill_date has not come yet.")
    return day
