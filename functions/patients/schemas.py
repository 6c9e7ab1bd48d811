"""Bodies and answers of the routes of patients."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AliasPath, Field, StrictBool, StringConstraints

from guahao.contracts import CertificateType, Date, Instant, IssuingState, Message, PageAnswer, PatientCertificateType, Phone
from guahao.contracts.names import NAMED, READABLE

Name = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True), NAMED]
# In a list a control character would begin a line of its own.
Address = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"), READABLE]
CertificateNumber = Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{6})?$", max_length=6)]


class ContactBody(Message):
    name: Name
    phone: Phone
    certificate_type: CertificateType | None = None
    certificate_number: CertificateNumber = ""
    issuing_state: IssuingState = ""
    birth_date: Date | None = Field(None, description="of a guardian whose certificate number tells no age")


class PatientBody(Message):
    name: Name
    certificate_type: PatientCertificateType = Field(description="`none` of a newborn, who goes by the certificate of the contact")
    certificate_number: CertificateNumber = ""
    issuing_state: IssuingState = ""
    sex: Literal["male", "female"]
    birth_date: Date
    phone: Phone
    married: StrictBool = False
    province_code: RegionCode = ""
    city_code: RegionCode = ""
    district_code: RegionCode = ""
    address: Address = ""
    contact: ContactBody | None = None
    card_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]*$", max_length=40)] = ""
    insured: StrictBool = False


class ContactView(Message):
    name: str
    certificate_type: CertificateType | None = Field(None, validation_alias=AliasPath("certificate", "type"))
    certificate_number: str | None = Field(None, validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field("", validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    birth_date: date | None
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")


class PatientView(Message):
    patient_id: str
    name: str
    certificate_type: PatientCertificateType = Field(validation_alias=AliasPath("certificate", "type"))
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field(validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    sex: Literal["male", "female"]
    birth_date: date
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    married: bool
    province_code: str
    city_code: str
    district_code: str
    address: str
    contact: ContactView | None
    card_number: str
    insured: bool
    booking_banned_until: Instant | None = Field(description="because of missed visits; null if the patient may be booked for")


class PatientList(PageAnswer[PatientView]):
    pass
