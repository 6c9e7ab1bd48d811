"""Bodies and answers of the routes of identity verification."""

from typing import Annotated, Literal

from pydantic import AliasPath, Field, StringConstraints

from guahao.contracts import CertificateType, IdentityState, Instant, IssuingState, Message
from guahao.contracts.names import NAMED

Name = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True), NAMED]


class NewUpload(Message):
    content_type: Literal["image/jpeg", "image/png", "image/webp"]
    size: int = Field(strict=True, ge=1, le=5_242_880, description="bytes; the upload may not be larger")


class UploadForm(Message):
    """Post `fields` and then the photo, as the field `file`, to `url` as multipart/form-data, and submit `photoKey`."""

    url: str
    fields: dict[str, str]
    photo_key: str


class Submission(Message):
    name: Name
    certificate_type: CertificateType
    certificate_number: Annotated[str, StringConstraints(min_length=5, max_length=20, strip_whitespace=True)]
    issuing_state: IssuingState = ""
    photo_key: str = Field(max_length=100, description="of an upload of the last day")


class InForce(Message):
    """What is approved and stays so until a renewal is."""

    name: str
    certificate_type: CertificateType = Field(validation_alias=AliasPath("certificate", "type"))
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field(validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    decided_at: Instant | None


class IdentityView(Message):
    """The latest submission; only the state if there is none."""

    state: IdentityState = "none"
    name: str | None = None
    certificate_type: CertificateType | None = Field(None, validation_alias=AliasPath("certificate", "type"))
    certificate_number: str | None = Field(None, validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field("", validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    submitted_at: Instant | None = None
    decided_at: Instant | None = None
    reason: str = Field("", description="why it was rejected")
    in_force: InForce | None = Field(None, description="what counts now, also while a renewal is under review or rejected")
