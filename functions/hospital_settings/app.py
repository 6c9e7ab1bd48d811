"""Hospitals' settings, for operators."""

from guahao.bootstrap.hospital_settings import contracts
from guahao.runtime.api import Allow, Answer, Api, Call, created
from schemas import (
    ChangedHospitalSetting,
    HospitalSettingList,
    HospitalSettingQuery,
    HospitalSettingView,
    KeyedHospitalSettingView,
    NewHospitalSetting,
)

handler = Api("hospital_settings")

ALL = "/api/admin/hospital-settings"
ONE = f"{ALL}/{{hospitalCode}}"


@handler.route("GET", ALL, allow=Allow.OPERATOR, input=HospitalSettingQuery, answer=HospitalSettingList)
def find(call: Call[HospitalSettingQuery]) -> HospitalSettingList:
    """Find settings by a part of the hospital's name or by its code, in the order of codes."""
    return HospitalSettingList.model_validate(contracts().find(call.input.q, call.input.limit, call.input.cursor))


@handler.route("POST", ALL, allow=Allow.OPERATOR, input=NewHospitalSetting, answer=KeyedHospitalSettingView, status=201)
def create(call: Call[NewHospitalSetting]) -> Answer:
    """Make a hospital's setting; the key that both sides sign with is shown this once."""
    setting = contracts().create(call.principal, **call.input.model_dump())
    return created(f"{ALL}/{setting.hospital_code}", KeyedHospitalSettingView.model_validate(setting))


@handler.route("GET", ONE, allow=Allow.OPERATOR, answer=HospitalSettingView)
def read(call: Call[None]) -> HospitalSettingView:
    """Show a setting, without its key."""
    return HospitalSettingView.model_validate(contracts().get(call.path["hospitalCode"]))


@handler.route("PUT", ONE, allow=Allow.OPERATOR, input=ChangedHospitalSetting, answer=HospitalSettingView)
def change(call: Call[ChangedHospitalSetting]) -> HospitalSettingView:
    """Change a setting; the phone stays as it is if none is given."""
    setting = contracts().change(call.principal, call.path["hospitalCode"], **call.input.model_dump())
    return HospitalSettingView.model_validate(setting)


@handler.route("DELETE", ONE, allow=Allow.OPERATOR, status=204)
def remove(call: Call[None]) -> None:
    """Remove the setting of a locked hospital that has no orders to come."""
    contracts().remove(call.principal, call.path["hospitalCode"])
