"""What WeChat Pay's answers say when they are not a yes, and the texts that it takes."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from guahao.adapters.wechat.messages import Failure
from guahao.domain.errors import BalanceTooLow, PaymentMismatch, ProviderUnavailable

# Refusals with a 4xx that are not about the one trade: they are so for all, or only just now.
_FOR_ALL = {"NOAUTH", "MCHNOTEXISTS", "APPIDMCHIDNOTMATCH", "FREQUENCYLIMITED", "RULELIMIT", "ACCOUNTERROR"}

AnswerT = TypeVar("AnswerT", bound=BaseModel)


def parsed(answer: type[AnswerT], text: str) -> AnswerT:
    """Return the answer in its shape, or raise ProviderUnavailable."""
    try:
        return answer.model_validate_json(text)
    except ValidationError as error:
        raise ProviderUnavailable("WeChat Pay's answer does not have the expected shape.") from error


def cut(text: str, most: int) -> str:
    """Return as much of the text as so many bytes hold, and no half character."""
    return text.encode()[:most].decode(errors="ignore")


def code(text: str) -> str:
    """Return the error code without underscores: WeChat Pay spells ORDERNOTEXIST both ways."""
    try:
        return Failure.model_validate_json(text).code.replace("_", "")
    except ValidationError:
        return ""


def sentence(status: int, text: str) -> str:
    """Return what was answered, without the message, which may name anything."""
    return f"WeChat Pay answered {status} {code(text)}".rstrip()


def refusal(what: str, status: int, text: str) -> PaymentMismatch | ProviderUnavailable:
    """Return the error of an answer: that of the one trade, which only a person can help, or that of all."""
    found = code(text)
    if found == "NOTENOUGH":
        return BalanceTooLow(f"{what}: {sentence(status, text)}; fill up the merchant's account.")
    if 400 <= status < 500 and status not in (401, 429) and found and found not in _FOR_ALL:
        return PaymentMismatch(f"{what}: {sentence(status, text)}.")
    return unavailable(status, text)


def unavailable(status: int, text: str) -> ProviderUnavailable:
    """Return the error of an answer that another try may change."""
    return ProviderUnavailable(f"{sentence(status, text)}; try again in a moment.")
