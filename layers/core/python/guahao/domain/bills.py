"""What a payment provider's bill of a day says."""

from __future__ import annotations

from typing import NamedTuple


class BillEntry(NamedTuple):
    """A payment that the provider took, or, if it has a refund number, a refund that it was asked for on that day.

    The transaction id is the provider's own number of the payment, which one of its orders may have several of by mistake.
    """

    trade_no: str
    amount_fen: int
    refund_no: str = ""
    transaction_id: str = ""
    is_processing: bool = False


class UnreadableLine(NamedTuple):
    """A line, by its number in the file, that tells of something which only a person can make out."""

    number: int
