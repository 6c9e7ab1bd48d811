"""Bodies and answers of the routes of hospitals' settings."""

from typing import Annotated

from pydantic import Field, StringConstraints

from guahao.contracts import Message, PageAnswer
from guahao.contracts.names import NAMED
from guahao.contracts.views import HospitalSettingView

HospitalCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$", max_length=32)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True), NAMED]
ApiUrl = Annotated[str, StringConstraints(min_length=1, max_length=500)]
# An area code and a number, or a mobile number: long enough to hide its middle.
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9-]{9,19}$", max_length=21)]


class NewHospitalSetting(Message):
    hospital_code: HospitalCode
    name: Name
    api_url: ApiUrl = Field(description="https address of the hospital's system")
    contact_name: Name
    contact_phone: Phone


class ChangedHospitalSetting(Message):
    name: Name
    api_url: ApiUrl
    contact_name: Name
    contact_phone: Phone | None = Field(None, description="left away: stays as it is")


class HospitalSettingList(PageAnswer[HospitalSettingView]):
    pass
