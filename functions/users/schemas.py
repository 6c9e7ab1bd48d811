"""What the routes of users take and answer."""

from datetime import date
from typing import Literal

from pydantic import AliasPath, Field

from guahao.contracts import Day, Instant, Message, Query


class UserQuery(Query):
    q: str = Field("", max_length=50, description="a whole phone number, or how the name begins")
    status: Literal["none", "underReview", "approved", "rejected", "locked"] | None = None
    first: Day | None = Field(None, alias="from", description="first day of registration")
    last: Day | None = Field(None, alias="to", description="last day of registration")
    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500)


class UserView(Message):
    user_id: str
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    name: str
    identity_state: Literal["none", "underReview", "approved", "rejected"]
    locked: bool
    lock_reason: str
    registered_at: Instant = Field(validation_alias=AliasPath("created_at"))


class UserList(Message):
    items: list[UserView]
    next_cursor: str | None


class UserPatient(Message):
    patient_id: str
    name: str
    certificate_type: Literal["idCard", "householdRegister", "passport", "hkMacaoPermit", "taiwanPermit"] = Field(
        validation_alias=AliasPath("certificate", "type")
    )
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    sex: Literal["male", "female"]
    birth_date: date
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    booking_suspended_until: Instant | None = Field(description="for visits that were missed; null if the person may book")


class UserLogin(Message):
    at: Instant
    address: str
    expires_at: Instant
    ended_at: Instant | None


class UserFileView(Message):
    user: UserView
    patients: list[UserPatient]
    logins: list[UserLogin]
