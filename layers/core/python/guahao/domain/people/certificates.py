"""Certificates: which numbers can be genuine, and how numbers are masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guahao.domain.time import age

# The first two digits of a citizen number (GB 11643): the provinces of GB/T 2260, and residence permits of Hong Kong, Macao and Taiwan.
_PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
)
# Residence permits and Taiwan have one code for the whole region; elsewhere digits 3 and 4 name a city.
_WITHOUT_CITIES = frozenset(("71", "81", "82", "83"))
_OLDEST_YEARS = 130
LIFETIME = f"not in the future, nor more than {_OLDEST_YEARS} years ago"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_CITIZEN = re.compile(r"\d{17}[\dX]", re.ASCII)

Faults = list[dict[str, str]]


class CertificateType(StrEnum):
    """The types of certificate; the dictionary's codes begin with 10 and 20."""

    ID_CARD = "idCard"
    HOUSEHOLD_REGISTER = "householdRegister"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hkMacaoPermit"
    TAIWAN_PERMIT = "taiwanPermit"

    @property
    def holds_citizen_number(self) -> bool:
        """Tell whether the certificate's number is its holder's citizen number."""
        return self in (CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER)


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class Certificate:
    """A certificate as stored: the number sealed, its fingerprint for comparing, its mask for answers."""

    type: CertificateType
    sealed_number: str
    fingerprint: str
    masked_number: str


_SHAPES = {
    CertificateType.PASSPORT: (re.compile(r"(?=.*\d)[A-Z0-9]{5,9}", re.ASCII), "5 to 9 letters and digits"),
    CertificateType.HK_MACAO_PERMIT: (re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII), "H or M and 8 or 10 digits"),
    CertificateType.TAIWAN_PERMIT: (re.compile(r"\d{8}(\d{2})?", re.ASCII), "8 or 10 digits"),
}


def normal_number(number: str) -> str:
    """Return the number without spaces and in capitals, as it is compared and stored."""
    return "".join(number.split()).upper()


def identifying_text(kind: CertificateType, number: str) -> str:
    """Return the text that identifies the person: an identity card and a household register with the same number give the same text."""
    return f"{'citizen' if kind.holds_citizen_number else kind.value}:{number}"


def number_faults(kind: CertificateType, number: str, field: str, today: date) -> Faults:
    """Return the faults of a normal number, none if it can be genuine today."""
    if kind.holds_citizen_number:
        reason = _citizen_fault(number, today)
        return [{"field": field, "reason": reason}] if reason else []
    shape, reason = _SHAPES[kind]
    return [] if shape.fullmatch(number) else [{"field": field, "reason": reason}]


def in_a_lifetime(birth_date: date, today: date) -> bool:
    """Tell whether a person born on that date can be alive."""
    return birth_date <= today and age(birth_date, today) <= _OLDEST_YEARS


def holder_faults(number: str, birth_date: date) -> Faults:
    """Return a fault if the birth date differs from the one inside a valid citizen number.

    The sex is not compared, because a person's sex and the digit in the register may differ.
    """
    if _birth_date(number) == birth_date:
        return []
    return [{"field": "birthDate", "reason": "differs from the birth date in the certificate number"}]


def check_digit(first_17_digits: str) -> str:
    """Return the check digit of a citizen number (ISO 7064, MOD 11-2)."""
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first_17_digits, _WEIGHTS, strict=True)) % 11]


def mask_number(number: str) -> str:
    """Return the number with its middle hidden: the first 3 and last 4 of a long one, the first and last 2 of a short one."""
    head, tail = (3, 4) if len(number) >= 15 else (1, 2)
    return f"{number[:head]}{'*' * (len(number) - head - tail)}{number[-tail:]}"


def _citizen_fault(number: str, today: date) -> str:
    if not _CITIZEN.fullmatch(number):
        return "17 digits and a digit or X"
    if number[:2] not in _PROVINCES:
        return "its first two digits name no region"
    if number[2:4] == "00" and number[:2] not in _WITHOUT_CITIES:
        return "its digits 3 and 4 name no city"
    birth_date = _birth_date(number)
    if birth_date is None:
        return "digits 7 to 14 are no birth date"
    if not in_a_lifetime(birth_date, today):
        return f"digits 7 to 14 are a birth date: {LIFETIME}"
    if check_digit(number[:17]) != number[17]:
        return "its check digit does not fit: look for a mistyped digit"
    return ""


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
