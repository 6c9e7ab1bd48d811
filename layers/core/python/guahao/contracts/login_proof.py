"""The proof that goes with a request which was answered with a challenge."""

from __future__ import annotations

from pydantic import Field

from guahao.contracts import Message


class LoginProof(Message):
    """The SHA-256 of salt and nonce, one after the other in UTF-8, begins with as many zero bits as the challenge asked for."""

    salt: str = Field(pattern=r"^[!-~]{1,64}$", max_length=64, description="the challenge's")
    nonce: str = Field(pattern=r"^[!-~]{1,64}$", max_length=64, description="found by trying, a number in digits for example")
