"""Bodies and answers of the routes of administrators."""

from pydantic import Field

from guahao.contracts import Instant, Message, PageAnswer, RoleName, Username


class NewAdministrator(Message):
    username: Username
    role: RoleName


class AdministratorView(Message):
    username: str
    role: RoleName
    created_at: Instant
    locked: bool
    lock_reason: str


class AdministratorList(PageAnswer[AdministratorView]):
    pass


class CredentialsView(Message):
    administrator: AdministratorView
    password: str
    totp_secret: str = Field(description="base32, for an authenticator app")
    totp_uri: str = Field(description="otpauth address: the same as a QR code")
