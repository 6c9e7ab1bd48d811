"""What the routes of hospitals' settings take and answer."""

from typing import Annotated

from pydantic import AliasPath, Field, StringConstraints

from guahao.contracts import Instant, Message, Query

HospitalCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$", max_length=32)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
ApiUrl = Annotated[str, StringConstraints(min_length=1, max_length=500)]
# Area code and number, or a mobile one: long enough to hide its middle.
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9-]{9,19}$", max_length=21)]


class HospitalSettingQuery(Query):
    q: str = Field("", max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$", description="a part of the name, or the whole code")
    limit: int = Field(20, ge=1, le=100)
    cursor: HospitalCode | None = None


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


class HospitalSettingView(Message):
    hospital_code: str
    name: str
    api_url: str
    contact_name: str
    contact_phone: str = Field(validation_alias=AliasPath("masked_contact_phone"), description="masked")
    created_at: Instant
    locked: bool
    lock_reason: str
    previous_key_until: Instant | None = Field(description="until when the key before is good")


class KeyedHospitalSettingView(HospitalSettingView):
    key: str = Field(description="32 bytes in hexadecimal digits, used as the text that they are; shown this once")


class HospitalSettingList(Message):
    items: list[HospitalSettingView]
    next_cursor: str | None
