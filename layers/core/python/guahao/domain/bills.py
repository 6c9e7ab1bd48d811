"""What a payment provider's bill of a day says."""

from __future__ import annotations

from typing import NamedTuple


class BillEntry(NamedTuple):
    """A payment that the provider took, or, if it has a refund number, a refund that it was asked for on that day."""

    trade_no: str
    amount_fen: int
    refund_no: str = ""
