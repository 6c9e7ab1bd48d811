"""The payment of an order."""

from guahao.bootstrap.payment.payment import checkout
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import PaymentAnswer

handler = Api("payment")

PATH = "/api/orders/{orderId}/payment"


@handler.route("POST", PATH, allow=Allow.USER, answer=PaymentAnswer, status=201)
def open_payment(call: Call[None]) -> Answer:
    """Open the order's payment, or return the one that is open, as a code to scan."""
    opened = checkout().open(call.principal, call.path["orderId"])
    return created(f"/api/orders/{opened.order_id}/payment", PaymentAnswer.model_validate(opened))


@handler.route("GET", PATH, allow=Allow.USER, answer=PaymentAnswer)
def payment(call: Call[None]) -> PaymentAnswer:
    """Return the payment; if it is open, the provider is asked first."""
    return PaymentAnswer.model_validate(checkout().state(call.principal, call.path["orderId"]))
