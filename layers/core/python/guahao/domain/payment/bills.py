"""The bill of a payment provider for a day."""

from __future__ import annotations

from typing import NamedTuple


class BillEntry(NamedTuple):
    """A payment that the provider took, or, with a refund number, a refund that was requested on that day.

    The transaction id is the provider's own number of the payment. By mistake one order may have several.
    """

    trade_no: str
    amount_fen: int
    refund_no: str = ""
    transaction_id: str = ""
    is_processing: bool = False


class UnreadableLine(NamedTuple):
    """The number of a line that only a person can read."""

    number: int
