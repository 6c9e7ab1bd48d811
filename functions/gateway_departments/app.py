"""A hospital's departments, as the hospital itself publishes them."""

from guahao.bootstrap.publishing import prove, publishing
from guahao.contracts.gateway import BatchAnswer, DepartmentsBody
from guahao.runtime.api import Allow, Answer, Api, Call
from schemas import OwnDepartmentsAnswer, OwnDepartmentsQuery

handler = Api("gateway_departments", prove)

DEPARTMENTS = "/api/gateway/departments"


@handler.route("PUT", DEPARTMENTS, allow=Allow.HOSPITAL, input=DepartmentsBody, answer=BatchAnswer)
def publish(call: Call[DepartmentsBody]) -> BatchAnswer:
    """Create or change departments, up to 500; the answer says of each, in order, what became of it."""
    return BatchAnswer.model_validate({"items": publishing().publish_departments(call.principal, call.input.items)})


@handler.route("GET", DEPARTMENTS, allow=Allow.HOSPITAL, input=OwnDepartmentsQuery, answer=OwnDepartmentsAnswer)
def departments(call: Call[OwnDepartmentsQuery]) -> OwnDepartmentsAnswer:
    """List the hospital's own departments in the order of their codes."""
    page = publishing().departments(call.principal, call.input.limit, call.input.cursor)
    return OwnDepartmentsAnswer.model_validate(page)


@handler.route("DELETE", f"{DEPARTMENTS}/{{departmentCode}}", allow=Allow.HOSPITAL, status=204)
def remove(call: Call[None]) -> Answer:
    """Remove a department that has no session today or later."""
    publishing().remove_department(call.principal, call.path["departmentCode"])
    return Answer(status=204)
