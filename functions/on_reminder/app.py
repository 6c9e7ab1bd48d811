"""Sends reminders of visits by SMS."""

from guahao.bootstrap.notices.notices import notices
from guahao.bootstrap.parts import postpone
from guahao.contracts.messages import Reminder
from guahao.runtime.batch import each_message


def handle(message: Reminder) -> None:
    """Send one reminder."""
    notices().send(message)


handler = each_message(Reminder, handle, postpone)
