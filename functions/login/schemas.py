"""Bodies and answers of the routes of sessions."""

from typing import Literal

from pydantic import AliasPath, Field

from guahao.contracts import IdentityState, Instant, Message, Phone
from guahao.contracts.login_proof import LoginProof


class LoginRequest(Message):
    phone: Phone
    code: str = Field(pattern=r"^[0-9]{6}$", max_length=6, examples=["012345"])
    request_id: str = Field(pattern=r"^[!-~]{1,64}$", max_length=64, description="what the code was asked for with")
    proof: LoginProof | None = Field(default=None, description="the answer to the challenge of a refusal `challenge-needed`")


class ProfileChange(Message):
    language: Literal["zh", "en"] = Field(description="language of the SMS to the user")


class Profile(Message):
    user_id: str
    phone: str = Field(validation_alias=AliasPath("masked_phone"), description="masked: 138****0001")
    name: str
    identity_state: IdentityState
    language: Literal["zh", "en"] = Field(description="language of the SMS to the user")


class SessionToken(Message):
    token: str
    expires_at: Instant
    user: Profile


class LoginView(Message):
    at: Instant
    address: str = Field(description="IP address that the login came from")
    ended_at: Instant | None = Field(description="when the user logged out, if so")


class LoginList(Message):
    items: list[LoginView]
