"""Cancels orders whose hold has ended unpaid."""

from guahao.bootstrap.payment import holds
from guahao.contracts.orders import OrderMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    holds().end(OrderMessage.model_validate_json(body).order_id)


handler = each_message(handle)
