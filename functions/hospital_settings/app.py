"""Hospital settings, for operators."""

from guahao.bootstrap.hospitals.hospital_settings import hospital_setting_service
from guahao.contracts.queries import HospitalSettingQuery
from guahao.contracts.views import HospitalSettingView, KeyedHospitalSettingView
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import ChangedHospitalSetting, HospitalSettingList, NewHospitalSetting

handler = Api("hospital_settings")

ALL = "/api/admin/hospital-settings"
ONE = f"{ALL}/{{hospitalCode}}"


@handler.route("GET", ALL, allow=Allow.OPERATOR, input=HospitalSettingQuery, answer=HospitalSettingList)
def find(call: Call[HospitalSettingQuery]) -> HospitalSettingList:
    """Find settings by a part of the hospital's name or by its code, in the order of codes."""
    return HospitalSettingList.model_validate(hospital_setting_service().find(call.input))


@handler.route("POST", ALL, allow=Allow.OPERATOR, input=NewHospitalSetting, answer=KeyedHospitalSettingView, status=201)
def create(call: Call[NewHospitalSetting]) -> Answer:
    """Create a hospital's setting; the key that both sides sign with is shown only this once."""
    setting = hospital_setting_service().create(call.principal, **call.input.model_dump())
    return created(f"{ALL}/{setting.hospital_code}", KeyedHospitalSettingView.model_validate(setting))


@handler.route("GET", ONE, allow=Allow.OPERATOR, answer=HospitalSettingView)
def read(call: Call[None]) -> HospitalSettingView:
    """Show a setting, without its key."""
    return HospitalSettingView.model_validate(hospital_setting_service().get(call.path["hospitalCode"]))


@handler.route("PUT", ONE, allow=Allow.OPERATOR, input=ChangedHospitalSetting, answer=HospitalSettingView)
def change(call: Call[ChangedHospitalSetting]) -> HospitalSettingView:
    """Change a setting; the phone stays as it is if none is given."""
    setting = hospital_setting_service().change(call.principal, call.path["hospitalCode"], **call.input.model_dump())
    return HospitalSettingView.model_validate(setting)


@handler.route("DELETE", ONE, allow=Allow.OPERATOR, status=204)
def remove(call: Call[None]) -> None:
    """Remove the setting of a locked hospital that has no orders to come."""
    hospital_setting_service().remove(call.principal, call.path["hospitalCode"])
