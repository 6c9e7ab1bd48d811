"""Marks orders as no-shows."""

from guahao.bootstrap.booking.orders import no_shows
from guahao.contracts.messages import NoShowCheck
from guahao.runtime.batch import each_message


def handle(message: NoShowCheck) -> None:
    """Mark one order as a no-show, unless its patient came."""
    no_shows().mark_no_show(message.order_id)


handler = each_message(NoShowCheck, handle)
