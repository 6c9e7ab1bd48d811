"""Sends the SMS of orders and identities."""

from guahao.bootstrap.notices import notices
from guahao.contracts.notices import SmsMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    notices().send(SmsMessage.model_validate_json(body).root)


handler = each_message(handle)
