"""Bodies and answers of the routes of the audit."""

from typing import Annotated, Literal

from pydantic import AliasPath, Field, StrictBool, StringConstraints

from guahao.contracts import CertificateType, Instant, Message, PageAnswer
from guahao.contracts.names import READABLE

State = Literal["underReview", "approved", "rejected"]
# The reason is used in an SMS.
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


class Decision(Message):
    approved: StrictBool
    reason: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=_PRINTABLE), READABLE] = Field(
        "", description="a rejection needs one; the user is told it by SMS"
    )
    submission_id: str = Field("", max_length=64, description="the submission that was read, so that a newer one is not decided on unseen")


class Renewed(Message):
    """What was approved before, and is in force until this submission is approved."""

    name: str
    certificate_type: CertificateType = Field(validation_alias=AliasPath("certificate", "type"))
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field(validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    decided_at: Instant | None


class ReviewedIdentity(Message):
    user_id: str
    submission_id: str
    name: str
    certificate_type: CertificateType = Field(validation_alias=AliasPath("certificate", "type"))
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field(validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    submitted_at: Instant
    state: State
    decided_at: Instant | None
    decided_by: str
    reason: str
    renews: Renewed | None


class ReviewedIdentities(PageAnswer[ReviewedIdentity]):
    pass


class ReviewedIdentityOpened(ReviewedIdentity):
    certificate_number: str = Field(description="the whole number")
    photo_url: str
    photo_url_expires_at: Instant
