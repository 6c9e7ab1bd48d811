"""What the login codes' route takes and answers."""

from pydantic import Field

from guahao.contracts import Instant, Message, Phone
from guahao.contracts.login_proof import LoginProof


class LoginCodeRequest(Message):
    phone: Phone
    request_id: str = Field(
        default="", pattern=r"^[!-~]{0,64}$", max_length=64, description="of an earlier answer: its code is sent again while it lives"
    )
    proof: LoginProof | None = Field(default=None, description="the answer to the challenge of a refusal `challenge-needed`")


class LoginCodeAnswer(Message):
    request_id: str = Field(description="to log in with, together with the code")
    next_code_at: Instant = Field(description="from when on another code may be asked for")
