"""Closes or refunds the payments of cancelled orders, and what a substitute's lower fee leaves of others."""

from guahao.bootstrap.parts import postpone
from guahao.bootstrap.payment.payment import settlements
from guahao.contracts.messages import Settlement
from guahao.runtime.batch import each_message


def handle(message: Settlement) -> None:
    """Settle the payment of one order."""
    settlements().settle(message.order_id)


handler = each_message(Settlement, handle, postpone)
