"""Sends the SMS of orders and identities."""

from guahao.bootstrap.notices.notices import notices
from guahao.contracts.messages import SmsMessage
from guahao.runtime.batch import each_message


def handle(message: SmsMessage) -> None:
    """Send one notice."""
    notices().send(message.root)


handler = each_message(SmsMessage, handle)
