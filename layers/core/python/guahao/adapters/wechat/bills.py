"""WeChat Pay's bill of a day: a table of texts, each after a backquote, with a head in Chinese and two lines of sums at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha1
from typing import Literal

from pydantic import Field

from guahao.adapters.wechat.messages import Answer
from guahao.domain.bills import BillEntry, UnreadableLine
from guahao.domain.errors import ProviderUnavailable

_TRADE_NO, _TRANSACTION, _STATE, _REFUND_NO, _REFUND_STATE = "商户订单号", "微信订单号", "交易状态", "商户退款单号", "退款状态"
_DESCRIPTION, _AMOUNT, _REFUNDED = "商品名称", "订单金额", "申请退款金额"
_NEEDED = {_TRADE_NO, _TRANSACTION, _STATE, _REFUND_NO, _REFUND_STATE, _DESCRIPTION, _AMOUNT, _REFUNDED}
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


def read_bill(content: bytes) -> Iterator[BillEntry | UnreadableLine]:
    """Yield the payments and refunds of a bill, and which of its lines do not tell, or raise ProviderUnavailable where it is not one."""
    head, *lines = content.decode("utf-8-sig", "replace").split("\n")
    names = head.rstrip("\r").split(",")
    if not _NEEDED.issubset(names):
        raise ProviderUnavailable("WeChat Pay's bill does not have the expected shape.")
    for number, line in enumerate(lines, start=2):
        if line.startswith(_SUMS):
            return
        try:
            entry = _entry(_row(names, line))
        except (ValueError, ArithmeticError):
            yield UnreadableLine(number)
            continue
        if entry:
            yield entry
    raise ProviderUnavailable("WeChat Pay's bill breaks off before its sums.")


def _row(names: Sequence[str], line: str) -> dict[str, str]:
    """Return the texts of a line by their names; a description may hold what otherwise stands between two of them."""
    texts = line[1:].rstrip("\r").split(",`")
    extra, before = len(texts) - len(names), names.index(_DESCRIPTION) + 1
    if extra < 0:
        raise ValueError
    return dict(zip(names, texts[:before] + texts[before + extra :], strict=True))


def _entry(row: dict[str, str]) -> BillEntry | None:
    """Return what a line tells, None of a refund that gave nothing back, or raise ValueError or ArithmeticError."""
    if row[_STATE] == "SUCCESS":
        return BillEntry(row[_TRADE_NO], _fen(row[_AMOUNT]), "", row[_TRANSACTION])
    if row[_STATE] != "REFUND":
        # The others are of ways to pay that we do not offer.
        raise ValueError
    if row[_REFUND_STATE] in _NOT_REFUNDED:
        return None
    return BillEntry(row[_TRADE_NO], _fen(row[_REFUNDED]), row[_REFUND_NO], row[_TRANSACTION], row[_REFUND_STATE] == "PROCESSING")


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)
