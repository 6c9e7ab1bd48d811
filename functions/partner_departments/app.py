"""A hospital's departments, as the hospital itself publishes them."""

from guahao.bootstrap.hospitals.partners import partner_departments, partner_signatures
from guahao.contracts.partner import BatchAnswer, DepartmentsBody
from guahao.contracts.queries import OwnDepartmentsQuery
from guahao.runtime.api import Allow, Answer, Api, Call
from schemas import OwnDepartmentsAnswer

handler = Api("partner_departments", partner_signatures)

DEPARTMENTS = "/api/gateway/departments"


@handler.route("PUT", DEPARTMENTS, allow=Allow.HOSPITAL, input=DepartmentsBody, answer=BatchAnswer)
def publish(call: Call[DepartmentsBody]) -> BatchAnswer:
    """Create or change departments, up to 500; the answer says of each, in order, what became of it."""
    outcomes = partner_departments().publish_departments(call.principal, call.input.items, call.signed_at)
    return BatchAnswer.model_validate({"items": outcomes})


@handler.route("GET", DEPARTMENTS, allow=Allow.HOSPITAL, input=OwnDepartmentsQuery, answer=OwnDepartmentsAnswer)
def departments(call: Call[OwnDepartmentsQuery]) -> OwnDepartmentsAnswer:
    """List the hospital's own departments in the order of their codes."""
    return OwnDepartmentsAnswer.model_validate(partner_departments().departments(call.principal, call.input))


@handler.route("DELETE", f"{DEPARTMENTS}/{{departmentCode}}", allow=Allow.HOSPITAL, status=204)
def remove(call: Call[None]) -> Answer:
    """Remove a department that has no schedule today or later."""
    partner_departments().remove_department(call.principal, call.path["departmentCode"], call.signed_at)
    return Answer(status=204)
