"""Sends the SMS that remind of a visit."""

from guahao.bootstrap.notices import notices, postpone_reminder
from guahao.contracts.orders import NoticeMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    notices().send(NoticeMessage.model_validate_json(body))


handler = each_message(handle, postpone_reminder)
