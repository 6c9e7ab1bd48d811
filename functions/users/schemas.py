"""Answers of the routes of users."""

from datetime import date
from typing import Literal

from pydantic import AliasPath, Field

from guahao.contracts import IdentityState, Instant, Message, PageAnswer, PatientCertificateType


class UserView(Message):
    user_id: str
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    name: str
    identity_state: IdentityState
    locked: bool
    lock_reason: str
    registered_at: Instant = Field(validation_alias=AliasPath("created_at"))


class UserList(PageAnswer[UserView]):
    pass


class UserPatient(Message):
    patient_id: str
    name: str
    certificate_type: PatientCertificateType = Field(validation_alias=AliasPath("certificate", "type"))
    certificate_number: str = Field(validation_alias=AliasPath("certificate", "masked_number"), description="masked")
    issuing_state: str = Field(validation_alias=AliasPath("certificate", "issuing_state"), description="of a passport")
    sex: Literal["male", "female"]
    birth_date: date
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked")
    booking_banned_until: Instant | None = Field(description="because of missed visits; null if the person may book")


class UserLogin(Message):
    at: Instant
    address: str
    expires_at: Instant
    ended_at: Instant | None


class UserFileView(Message):
    user: UserView
    patients: list[UserPatient]
    logins: list[UserLogin]
