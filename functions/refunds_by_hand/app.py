"""Refunds that the provider does not carry out."""

from guahao.bootstrap.payment.refunds_by_hand import refunds_by_hand
from guahao.contracts import Reason
from guahao.contracts.views import Registration
from guahao.runtime.api import Allow, Api, Call

handler = Api("refunds_by_hand")


@handler.route("POST", "/api/admin/orders/{orderId}/refund-by-hand", allow=Allow.OPERATOR, input=Reason, answer=Registration)
def note_refund(call: Call[Reason]) -> Registration:
    """Record that money which the provider does not return was given back by hand; the provider gets no further request."""
    return Registration.model_validate(refunds_by_hand().note(call.principal, call.path["orderId"], call.input.reason))
