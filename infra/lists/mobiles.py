"""Beginnings of mobile numbers of mainland China, from Google's libphonenumber."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version

from infra.lists.source import module

# Where the list tells apart numbers that begin alike, it does so in their first five digits.
_DEEPEST = 5


def mobile_prefixes() -> str:
    """Return the module that lists the shortest prefixes under which every number of eleven digits is assigned."""
    said = f"Beginnings of assigned mobile numbers, from phonenumbers {version('phonenumbers')}: written by `python -m infra.lists`."
    return module(said, "ASSIGNED", _assigned("1"))


def _assigned(prefix: str) -> list[str]:
    if len(prefix) == _DEEPEST:
        return [prefix] if _is_mobile(prefix.ljust(11, "5")) else []
    inner = [_assigned(f"{prefix}{digit}") for digit in range(10)]
    if inner == [[f"{prefix}{digit}"] for digit in range(10)]:
        return [prefix]
    return [found for under in inner for found in under]


def _is_mobile(number: str) -> bool:
    phonenumbers = import_module("phonenumbers")
    kind = phonenumbers.number_type(phonenumbers.PhoneNumber(country_code=86, national_number=int(number)))
    return bool(kind == phonenumbers.PhoneNumberType.MOBILE)
