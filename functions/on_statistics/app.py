"""Counts orders in the statistics."""

from guahao.bootstrap.statistics import counting
from guahao.contracts.orders import OrderMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    counting().count(OrderMessage.model_validate_json(body).order_id)


handler = each_message(handle)
