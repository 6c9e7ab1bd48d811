"""Orders of all users at all hospitals, for administrators."""

from guahao.bootstrap.orders_admin import orders_admin
from guahao.contracts.order_answer import Registration
from guahao.runtime.api import Allow, Api, Call
from schemas import RegistrationList, RegistrationQuery

handler = Api("orders_admin")


@handler.route("GET", "/api/admin/orders", allow=Allow.OPERATOR, input=RegistrationQuery, answer=RegistrationList)
def find(call: Call[RegistrationQuery]) -> RegistrationList:
    """Find orders by number, phone or name, hospital, state and visit: latest first, by a name name by name; a page may be short."""
    asked = call.input
    page = orders_admin().find(asked.q, asked.hospital_code, asked.status, asked.first, asked.last, asked.limit, asked.cursor)
    return RegistrationList.model_validate(page)


@handler.route("GET", "/api/admin/orders/{orderId}", allow=Allow.OPERATOR, answer=Registration)
def look(call: Call[None]) -> Registration:
    """Show an order."""
    return Registration.model_validate(orders_admin().get(call.path["orderId"]))
