"""Tells a hospital's system what became of an order."""

from guahao.bootstrap.gateway import hospital_calls, postpone_call
from guahao.contracts.orders import OrderMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    hospital_calls().tell(OrderMessage.model_validate_json(body).order_id)


handler = each_message(handle, postpone_call)
