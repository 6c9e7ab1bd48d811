"""Names, places and texts as they come in from everybody: see `domain.texts`."""

from __future__ import annotations

from pydantic import AfterValidator

from guahao.domain.texts import name_fault, text_fault, with_usual_dots


def _name(text: str) -> str:
    """Return the name as it is stored, an empty text as it is; whether one may be left out, its length says."""
    if fault := text and name_fault(text):
        raise ValueError(fault)
    return with_usual_dots(text)


def _text(text: str) -> str:
    if fault := text_fault(text):
        raise ValueError(fault)
    return text


# They travel on into SMS, calendar entries and lists.
NAMED = AfterValidator(_name)
READABLE = AfterValidator(_text)
