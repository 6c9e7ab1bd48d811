"""Tells partner systems about changes of orders."""

from guahao.bootstrap.hospitals.partner_calls import partner_calls
from guahao.bootstrap.parts import postpone
from guahao.contracts.messages import PartnerCall
from guahao.runtime.batch import each_message


def handle(message: PartnerCall) -> None:
    """Tell the hospital about one order."""
    partner_calls().notify_hospital(message.order_id)


handler = each_message(PartnerCall, handle, postpone)
