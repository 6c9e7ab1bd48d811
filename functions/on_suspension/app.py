"""Cancels what is booked in a suspended session."""

from guahao.bootstrap.suspensions import postpone_suspension, suspended_sessions
from guahao.contracts.gateway import SuspensionMessage
from guahao.runtime.batch import each_message


def handle(body: str) -> None:
    """Take one message of the queue."""
    suspended_sessions().clear(SuspensionMessage.model_validate_json(body).schedule_id)


handler = each_message(handle, postpone_suspension)
