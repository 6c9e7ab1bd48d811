"""Cancels the orders of suspended schedules."""

from guahao.bootstrap.hospitals.changed_schedules import suspended_schedules
from guahao.bootstrap.parts import postpone
from guahao.contracts.messages import Suspension
from guahao.runtime.batch import each_message


def handle(message: Suspension) -> None:
    """Cancel the orders of one schedule."""
    suspended_schedules().cancel_orders(message.schedule_id)


handler = each_message(Suspension, handle, postpone)
