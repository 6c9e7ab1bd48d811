"""A hospital's own entry, and the patients who came to it."""

from guahao.bootstrap.hospitals.partners import attendance, partner_hospital, partner_signatures
from guahao.contracts.partner import ElementAnswer, HospitalEntry
from guahao.contracts.views import OwnHospitalAnswer
from guahao.runtime.api import Allow, Api, Call
from schemas import AttendanceAnswer

handler = Api("partner_hospital", partner_signatures)

HOSPITAL = "/api/gateway/hospital"


@handler.route("PUT", HOSPITAL, allow=Allow.HOSPITAL, input=HospitalEntry, answer=ElementAnswer)
def publish(call: Call[HospitalEntry]) -> ElementAnswer:
    """Create or change the hospital's own entry; a new one is offline until an administrator puts it online."""
    return ElementAnswer.model_validate(partner_hospital().publish_hospital(call.principal, call.input, call.signed_at))


@handler.route("GET", HOSPITAL, allow=Allow.HOSPITAL, answer=OwnHospitalAnswer)
def hospital(call: Call[None]) -> OwnHospitalAnswer:
    """Show the hospital's own entry, online or not."""
    return OwnHospitalAnswer.model_validate(partner_hospital().hospital(call.principal))


@handler.route("POST", "/api/gateway/orders/{orderId}/attendance", allow=Allow.HOSPITAL, answer=AttendanceAnswer)
def attend(call: Call[None]) -> AttendanceAnswer:
    """Report that the patient of a paid order came and took the number."""
    return AttendanceAnswer.model_validate(attendance().check_in(call.principal, call.path["orderId"]))
