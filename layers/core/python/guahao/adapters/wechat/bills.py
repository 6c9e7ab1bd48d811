"""WeChat Pay's bill of a day: a table of texts, each after a backquote, with a head in Chinese and two lines of sums at its end."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from hashlib import sha1
from typing import Literal

from pydantic import Field

from guahao.adapters.wechat.messages import Answer
from guahao.domain.bills import BillEntry
from guahao.domain.errors import ProviderUnavailable

_TRADE_NO, _STATE, _REFUND_NO, _REFUND_STATE = "商户订单号", "交易状态", "商户退款单号", "退款状态"
_AMOUNT, _REFUNDED = "订单金额", "申请退款金额"
_NOT_REFUNDED = ("FAIL", "CHANGE")
_SUMS = "总交易单数"


class Statement(Answer):
    """Where the file lies and how to know it."""

    hash_type: Literal["SHA1"]
    hash_value: str = Field(min_length=1)
    download_url: str = Field(min_length=1)

    def proven(self, content: bytes) -> bytes:
        """Return the content of the file if it is the one meant, or raise ProviderUnavailable."""
        # WeChat Pay signs the hash; nothing else is offered.
        if sha1(content, usedforsecurity=False).hexdigest() != self.hash_value.lower():
            raise ProviderUnavailable("WeChat Pay's bill arrived damaged; try again in a moment.")
        return content


def read_bill(content: bytes) -> Iterator[BillEntry]:
    """Yield the payments and refunds of a bill, or raise ProviderUnavailable where it is not one."""
    head, *lines = content.decode("utf-8-sig", "replace").split("\n")
    names = head.rstrip("\r").split(",")
    for line in lines:
        if line.startswith(_SUMS):
            return
        # A description may hold a comma, but none of the texts begins without a backquote.
        entry = _entry(dict(zip(names, line[1:].rstrip("\r").split(",`"), strict=False)))
        if entry:
            yield entry
    raise ProviderUnavailable("WeChat Pay's bill breaks off before its sums.")


def _entry(row: dict[str, str]) -> BillEntry | None:
    try:
        if row[_STATE] == "SUCCESS":
            return BillEntry(row[_TRADE_NO], _fen(row[_AMOUNT]))
        if row[_STATE] == "REFUND":
            given_back = row[_REFUND_STATE] not in _NOT_REFUNDED
            return BillEntry(row[_TRADE_NO], _fen(row[_REFUNDED]), row[_REFUND_NO]) if given_back else None
    except (KeyError, InvalidOperation) as error:
        raise ProviderUnavailable("WeChat Pay's bill does not have the expected shape.") from error
    raise ProviderUnavailable("WeChat Pay's bill tells of a state of trades that Native pay does not have.")


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)
