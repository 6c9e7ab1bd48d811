"""Orders of all users at all hospitals, for administrators."""

from guahao.bootstrap.orders_admin import orders_admin
from guahao.contracts import Reason
from guahao.runtime.api import Allow, Api, Call
from schemas import Registration, RegistrationList, RegistrationQuery

handler = Api("orders_admin")


@handler.route("GET", "/api/admin/orders", allow=Allow.OPERATOR, input=RegistrationQuery, answer=RegistrationList)
def find(call: Call[RegistrationQuery]) -> RegistrationList:
    """Find orders by number, phone or name, hospital, state and day of the visit, latest first; a page may be short and go on."""
    asked = call.input
    page = orders_admin().find(asked.q, asked.hospital_code, asked.status, asked.first, asked.last, asked.limit, asked.cursor)
    return RegistrationList.model_validate(page)


@handler.route("GET", "/api/admin/orders/{orderId}", allow=Allow.OPERATOR, answer=Registration)
def look(call: Call[None]) -> Registration:
    """Show an order."""
    return Registration.model_validate(orders_admin().get(call.path["orderId"]))


@handler.route("POST", "/api/admin/orders/{orderId}/refund-by-hand", allow=Allow.OPERATOR, input=Reason, answer=Registration)
def refund_by_hand(call: Call[Reason]) -> Registration:
    """Note that the money of an order whose refund does not arrive was given back by hand; nothing more is asked of the provider."""
    return Registration.model_validate(orders_admin().refund_by_hand(call.principal, call.path["orderId"], call.input.reason))
