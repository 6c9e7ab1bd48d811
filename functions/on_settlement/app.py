"""Closes or refunds the payments of cancelled orders."""

from guahao.bootstrap.payment import postpone_settlement, settlements
from guahao.contracts.orders import OrderMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    settlements().settle(OrderMessage.model_validate_json(body).order_id)


handler = each_message(handle, postpone_settlement)
