"""What the routes of the audit take and answer."""

from typing import Annotated, Literal

from pydantic import AliasPath, Field, StrictBool, StringConstraints

from guahao.contracts import Instant, Message, Query

State = Literal["underReview", "approved", "rejected"]
# The reason travels on into an SMS.
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"


class ReviewQuery(Query):
    status: State = "underReview"
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class Decision(Message):
    approved: StrictBool
    reason: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=_PRINTABLE)] = Field(
        "", description="a rejection needs one; the user is told it by SMS"
    )
    submission_id: str = Field("", max_length=64, description="what was looked at: then a newer submission is not decided on unseen")


class ReviewedIdentity(Message):
    user_id: str
    submission_id: str
    name: str
    certificate_type: Literal["idCard", "householdRegister", "passport", "hkMacaoPermit", "taiwanPermit"] = Field(
        validation_alias=AliasPath("certificate", "type")
    )
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    submitted_at: Instant
    state: State
    decided_at: Instant | None
    decided_by: str
    reason: str


class ReviewedIdentities(Message):
    items: list[ReviewedIdentity]
    next_cursor: str | None


class ReviewedIdentityOpened(ReviewedIdentity):
    certificate_number: str = Field(description="the whole number")
    photo_url: str
    photo_url_expires_at: Instant
