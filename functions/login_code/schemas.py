"""What the login codes' route takes."""

from pydantic import Field

from guahao.contracts import Message


class LoginCodeRequest(Message):
    phone: str = Field(pattern=r"^1[3-9][0-9]{9}$", max_length=11, examples=["13800000001"])
