"""Bodies and answers of the routes of administrators' sessions."""

from typing import Annotated

from pydantic import Field, StringConstraints

from guahao.contracts import Instant, Message, RoleName

Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$", max_length=6)]


class AdministratorLogin(Message):
    username: str = Field(pattern=r"^[a-z0-9._-]{3,32}$", max_length=32)
    password: Password
    totp: Code = Field(description="six digits of the authenticator app", examples=["012345"])


class NewPassword(Message):
    password: Password = Field(description="the present one")
    totp: Code = Field(description="six digits of the authenticator app")
    new_password: str = Field(min_length=12, max_length=128)


class OwnAccount(Message):
    username: str
    role: RoleName


class AdministratorToken(Message):
    token: str
    expires_at: Instant
    administrator: OwnAccount
