"""Refunds that the provider does not carry out."""

from guahao.bootstrap.refunds_by_hand import refunds_by_hand
from guahao.contracts import Reason
from guahao.contracts.order_answer import Registration
from guahao.runtime.api import Allow, Api, Call

handler = Api("refunds_by_hand")


@handler.route("POST", "/api/admin/orders/{orderId}/refund-by-hand", allow=Allow.OPERATOR, input=Reason, answer=Registration)
def note(call: Call[Reason]) -> Registration:
    """Note that money which the provider does not return was given back by hand; nothing more is asked of the provider."""
    return Registration.model_validate(refunds_by_hand().note(call.principal, call.path["orderId"], call.input.reason))
