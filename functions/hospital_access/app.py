"""Locking hospitals and changing their keys, for operators."""

from guahao.bootstrap.hospitals.hospital_settings import hospital_access_service
from guahao.contracts import Reason
from guahao.contracts.views import HospitalSettingView, KeyedHospitalSettingView
from guahao.runtime.api import Allow, Api, Call
from schemas import KeyRotation

handler = Api("hospital_access")

ONE = "/api/admin/hospital-settings/{hospitalCode}"


@handler.route("POST", f"{ONE}/lock", allow=Allow.OPERATOR, input=Reason, answer=HospitalSettingView)
def lock(call: Call[Reason]) -> HospitalSettingView:
    """Lock a hospital: it cannot publish or be booked; its orders stay."""
    return HospitalSettingView.model_validate(hospital_access_service().lock(call.principal, call.path["hospitalCode"], call.input.reason))


@handler.route("POST", f"{ONE}/unlock", allow=Allow.OPERATOR, input=Reason, answer=HospitalSettingView)
def unlock(call: Call[Reason]) -> HospitalSettingView:
    """Unlock a hospital."""
    return HospitalSettingView.model_validate(
        hospital_access_service().unlock(call.principal, call.path["hospitalCode"], call.input.reason)
    )


@handler.route("POST", f"{ONE}/key", allow=Allow.OPERATOR, input=KeyRotation, answer=KeyedHospitalSettingView)
def rotate_key(call: Call[KeyRotation]) -> KeyedHospitalSettingView:
    """Replace the key; the new key is shown only this once, and the old key stays valid for the overlap."""
    return KeyedHospitalSettingView.model_validate(
        hospital_access_service().rotate_key(call.principal, call.path["hospitalCode"], call.input.overlap)
    )
