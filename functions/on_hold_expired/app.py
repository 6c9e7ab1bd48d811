"""Cancels orders whose hold has ended unpaid."""

from guahao.bootstrap.payment.payment import holds
from guahao.contracts.messages import HoldEnd
from guahao.runtime.batch import each_message


def handle(message: HoldEnd) -> None:
    """End the hold of one order."""
    holds().end(message.order_id)


handler = each_message(HoldEnd, handle)
