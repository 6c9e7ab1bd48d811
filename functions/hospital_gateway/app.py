"""A hospital's own entry, and the patients who came to it."""

from guahao.bootstrap.publishing import attendance, prove, publishing
from guahao.contracts.gateway import ElementAnswer, HospitalEntry
from guahao.runtime.api import Allow, Api, Call
from schemas import AttendanceAnswer, OwnHospitalAnswer

handler = Api("hospital_gateway", prove)

HOSPITAL = "/api/gateway/hospital"


@handler.route("PUT", HOSPITAL, allow=Allow.HOSPITAL, input=HospitalEntry, answer=ElementAnswer)
def publish(call: Call[HospitalEntry]) -> ElementAnswer:
    """Create or change the hospital's own entry; a new one is offline until an administrator puts it online."""
    return ElementAnswer.model_validate(publishing().publish_hospital(call.principal, call.input))


@handler.route("GET", HOSPITAL, allow=Allow.HOSPITAL, answer=OwnHospitalAnswer)
def hospital(call: Call[None]) -> OwnHospitalAnswer:
    """Show the hospital's own entry, online or not."""
    return OwnHospitalAnswer.model_validate(publishing().hospital(call.principal))


@handler.route("POST", "/api/gateway/orders/{orderId}/attendance", allow=Allow.HOSPITAL, answer=AttendanceAnswer)
def attend(call: Call[None]) -> AttendanceAnswer:
    """Tell that the patient of a paid order came and took the number."""
    return AttendanceAnswer.model_validate(attendance().attend(call.principal, call.path["orderId"]))
