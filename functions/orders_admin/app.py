"""Orders of all users at all hospitals, for administrators."""

from guahao.bootstrap.booking.orders import orders_admin
from guahao.contracts.queries import RegistrationQuery
from guahao.contracts.views import Registration
from guahao.runtime.api import Allow, Api, Call
from schemas import RegistrationList

handler = Api("orders_admin")


@handler.route("GET", "/api/admin/orders", allow=Allow.OPERATOR, input=RegistrationQuery, answer=RegistrationList)
def find(call: Call[RegistrationQuery]) -> RegistrationList:
    """Find orders by id, phone or name, hospital, state and visit, the latest first; by name sorted by name. A page may be short."""
    return RegistrationList.model_validate(orders_admin().find(call.principal, call.input))


@handler.route("GET", "/api/admin/orders/{orderId}", allow=Allow.OPERATOR, answer=Registration)
def view(call: Call[None]) -> Registration:
    """Show an order."""
    return Registration.model_validate(orders_admin().get(call.path["orderId"]))
