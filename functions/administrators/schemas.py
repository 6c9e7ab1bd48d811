"""What the routes of administrators take and answer."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from guahao.contracts import Instant, Message, Query

Username = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{3,32}$", max_length=32)]
RoleName = Literal["operator", "auditor", "owner"]


class AdministratorQuery(Query):
    limit: int = Field(20, ge=1, le=100)
    cursor: Username | None = None


class NewAdministrator(Message):
    username: Username
    role: RoleName


class AdministratorView(Message):
    username: str
    role: RoleName
    created_at: Instant
    locked: bool
    lock_reason: str


class AdministratorList(Message):
    items: list[AdministratorView]
    next_cursor: str | None


class CredentialsView(Message):
    administrator: AdministratorView
    password: str
    totp_secret: str = Field(description="base32, for an authenticator app")
    totp_uri: str = Field(description="otpauth address: the same as a QR code")
