"""Sends the SMS of orders."""

from guahao.bootstrap.notices import notices
from guahao.contracts.orders import NoticeMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    message = NoticeMessage.model_validate_json(body)
    notices().send(message.order_id, message.kind)


handler = each_message(handle)
