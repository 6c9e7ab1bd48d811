"""Orders of a user: booking, reading, cancelling."""

from guahao.bootstrap.booking.booking import booking
from guahao.contracts.queries import OrdersQuery
from guahao.contracts.views import OrderAnswer
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import BookingBody, OrdersAnswer

handler = Api("booking")


@handler.route("POST", "/api/orders", allow=Allow.USER, input=BookingBody, answer=OrderAnswer, status=201, idempotent=True)
def book(call: Call[BookingBody]) -> Answer:
    """Hold a number for a patient; the same Idempotency-Key answers with the same order."""
    order = booking().book(call.principal, call.input.patient_id, call.input.schedule_id, call.idempotency_key)
    return created(f"/api/orders/{order.order_id}", OrderAnswer.model_validate(order))


@handler.route("GET", "/api/orders", allow=Allow.USER, input=OrdersQuery, answer=OrdersAnswer)
def orders(call: Call[OrdersQuery]) -> OrdersAnswer:
    """List the user's own orders, newest first."""
    return OrdersAnswer.model_validate(booking().list(call.principal, call.input))


@handler.route("GET", "/api/orders/{orderId}", allow=Allow.USER, answer=OrderAnswer)
def order(call: Call[None]) -> OrderAnswer:
    """Show one of the user's own orders."""
    return OrderAnswer.model_validate(booking().get(call.principal, call.path["orderId"]))


@handler.route("POST", "/api/orders/{orderId}/cancellation", allow=Allow.USER, answer=OrderAnswer)
def cancel(call: Call[None]) -> OrderAnswer:
    """Cancel an order before its quit deadline; what was paid is refunded."""
    return OrderAnswer.model_validate(booking().cancel(call.principal, call.path["orderId"]))


@handler.route("GET", "/api/orders/{orderId}/calendar.ics", allow=Allow.USER)
def calendar(call: Call[None]) -> Answer:
    """Return the visit as an entry for the patient's calendar."""
    text = booking().calendar(call.principal, call.path["orderId"])
    return Answer(text, headers={"Content-Type": "text/calendar; charset=utf-8"})
