"""WeChat Pay's bill of a day: a table of texts, each after a backquote, with a header in Chinese and two lines of sums at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha1
from typing import Literal

from pydantic import Field

from guahao.adapters.wechat.messages import Answer
from guahao.domain.errors import ProviderUnavailable
from guahao.domain.payment.bills import BillEntry, UnreadableLine

_TRADE_NO, _TRANSACTION, _STATE, _REFUND_NO, _REFUND_STATE = "商户订单号", "微信订单号", "交易状态", "商户退款单号", "退款状态"
_DESCRIPTION, _AMOUNT, _REFUNDED = "商品名称", "订单金额", "申请退款金额"
_NEEDED = {_TRADE_NO, _TRANSACTION, _STATE, _REFUND_NO, _REFUND_STATE, _DESCRIPTION, _AMOUNT, _REFUNDED}
# Merchants of before get bills of an early form, in which these amounts have other names.
_EARLY = {"总金额": _AMOUNT, "退款金额": _REFUNDED}
_NOT_REFUNDED = ("FAIL", "CHANGE")
_SUMS = "总交易单数"


class Statement(Answer):
    """The address of the bill's file, and the hash of its content."""

    hash_type: Literal["SHA1"]
    hash_value: str = Field(min_length=1)
    download_url: str = Field(min_length=1)

    def proven(self, content: bytes) -> bytes:
        """Return the content if it has the hash, or raise ProviderUnavailable."""
        # WeChat Pay signs this hash and offers no other.
        if sha1(content, usedforsecurity=False).hexdigest() != self.hash_value.lower():
            raise ProviderUnavailable("WeChat Pay's bill arrived damaged; try again in a moment.")
        return content


def read_bill(content: bytes) -> Iterator[BillEntry | UnreadableLine]:
    """Yield the bill's payments and refunds, and the lines that cannot be read, or raise ProviderUnavailable if it is no bill."""
    head, *lines = content.decode("utf-8-sig", "replace").split("\n")
    names = head.rstrip("\r").split(",")
    if _AMOUNT not in names:
        names = [_EARLY.get(name, name) for name in names]
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
    """Return the texts of a line by their column names; a description may contain what separates two texts."""
    texts = line[1:].rstrip("\r").split(",`")
    extra, before = len(texts) - len(names), names.index(_DESCRIPTION) + 1
    if extra < 0:
        raise ValueError
    return dict(zip(names, texts[:before] + texts[before + extra :], strict=True))


def _entry(row: dict[str, str]) -> BillEntry | None:
    """Return the entry of a line, None for a refund that returned nothing, or raise ValueError or ArithmeticError."""
    if row[_STATE] == "SUCCESS":
        return BillEntry(row[_TRADE_NO], _fen(row[_AMOUNT]), "", row[_TRANSACTION])
    if row[_STATE] != "REFUND":
        # The other types belong to ways to pay that we do not offer.
        raise ValueError
    if row[_REFUND_STATE] in _NOT_REFUNDED:
        return None
    return BillEntry(row[_TRADE_NO], _fen(row[_REFUNDED]), row[_REFUND_NO], row[_TRANSACTION], row[_REFUND_STATE] == "PROCESSING")


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)
