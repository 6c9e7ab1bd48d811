"""Certificates: which numbers can be genuine, and how numbers are masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guahao.domain.people.issuing_states import ISSUING_STATES
from guahao.domain.time import age

# The first two digits of a citizen number (GB 11643): the provinces of GB/T 2260, and residence permits of Hong Kong, Macao and Taiwan.
_PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
)
# Residence permits, and Taiwan, have one code for the whole region, and Hainan's counties lay in no city from 1988 to 2001; numbers are for
# life. Everywhere else digits 3 and 4 name a city.
_WITHOUT_CITIES = frozenset(("46", "71", "81", "82", "83"))
_OLDEST_YEARS = 130
LIFETIME = f"not in the future, nor more than {_OLDEST_YEARS} years ago"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_CITIZEN = re.compile(r"\d{17}[\dX]", re.ASCII)
# Foreigners' permanent residence cards: since 2023-12-01 built like a citizen number behind a 9, before with the state's letters in front.
_RESIDENCE = re.compile(r"9\d{16}[\dX]", re.ASCII)
_FORMER_RESIDENCE = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)

Faults = list[dict[str, str]]


class CertificateType(StrEnum):
    """The types of certificate; the dictionary's codes begin with 10 and 20. `none` is a newborn's, who goes by the guardian's."""

    ID_CARD = "idCard"
    HOUSEHOLD_REGISTER = "householdRegister"
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hkMacaoPermit"
    TAIWAN_PERMIT = "taiwanPermit"
    FOREIGN_PERMANENT_RESIDENCE = "foreignPermanentResidence"
    NONE = "none"

    @property
    def holds_citizen_number(self) -> bool:
        """Tell whether the certificate's number is its holder's citizen number."""
        return self in (CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER)


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class Certificate:
    """A certificate as stored: the number sealed, its fingerprint for comparing, its mask for showing; a passport's with its state."""

    type: CertificateType
    sealed_number: str
    fingerprint: str
    masked_number: str
    issuing_state: str = ""


_SHAPES = {
    CertificateType.PASSPORT: (re.compile(r"(?=.*\d)[A-Z0-9]{5,9}", re.ASCII), "5 to 9 letters and digits"),
    # HA and MA are the permits of residents who are not Chinese, issued since 2024-07-10.
    CertificateType.HK_MACAO_PERMIT: (
        re.compile(r"[HM](\d{8}|\d{10}|A\d{7})", re.ASCII),
        "H or M and 8 or 10 digits, or HA or MA and 7 digits",
    ),
    CertificateType.TAIWAN_PERMIT: (re.compile(r"\d{8}(\d{2})?", re.ASCII), "8 or 10 digits"),
}

# The part of a travel permit's number that its holder keeps for life; what may follow counts the renewals.
_HOLDER_OF_PERMIT = {
    CertificateType.HK_MACAO_PERMIT: re.compile(r"[HM]\d{8}", re.ASCII),
    CertificateType.TAIWAN_PERMIT: re.compile(r"\d{8}", re.ASCII),
}


def normal_number(number: str) -> str:
    """Return the number without spaces and in capitals, as it is compared and stored."""
    return "".join(number.split()).upper()


def identifying_text(kind: CertificateType, number: str, issuing_state: str = "") -> str:
    """Return what a certificate is compared by: the same for everything that names the same person.

    An ID card and a household register do, and so does a travel permit whose last two digits only count its renewals. Passports of two
    states may have one number.
    """
    if kind is CertificateType.PASSPORT:
        return f"passport:{issuing_state}:{number}"
    holder = _HOLDER_OF_PERMIT.get(kind)
    if holder and (found := holder.match(number)):
        number = found[0]
    return f"{'citizen' if kind.holds_citizen_number else kind.value}:{number}"


def number_faults(kind: CertificateType, number: str, field: str, today: date) -> Faults:
    """Return what is wrong with a normal number, nothing if it can be genuine today."""
    reason = _number_fault(kind, number, today)
    return [{"field": field, "reason": reason}] if reason else []


def state_faults(kind: CertificateType, issuing_state: str, field: str) -> Faults:
    """Return what is wrong with the state that issued the certificate: a passport's is told, another certificate's is not."""
    if kind is not CertificateType.PASSPORT:
        return [{"field": field, "reason": "only a passport has one"}] if issuing_state else []
    return [] if issuing_state in ISSUING_STATES else [{"field": field, "reason": "the state's three letters (ISO 3166-1), as in USA"}]


def in_a_lifetime(birth_date: date, today: date) -> bool:
    """Tell whether a person born on that date can be alive."""
    return birth_date <= today and age(birth_date, today) <= _OLDEST_YEARS


def told_birth_date(kind: CertificateType, number: str) -> date | None:
    """Return the birth date inside a valid number, None if numbers of this form hold none."""
    holds_one = kind.holds_citizen_number or (kind is CertificateType.FOREIGN_PERMANENT_RESIDENCE and _RESIDENCE.fullmatch(number))
    return _birth_date(number) if holds_one else None


def holder_faults(kind: CertificateType, number: str, birth_date: date) -> Faults:
    """Return whether the birth date differs from the one inside a valid number, if there is one inside.

    The sex is not compared, because a person's sex and the digit in the register may differ.
    """
    if told_birth_date(kind, number) in (None, birth_date):
        return []
    return [{"field": "birthDate", "reason": "differs from the birth date in the certificate number"}]


def check_digit(first_17_digits: str) -> str:
    """Return the check digit of a citizen number (ISO 7064, MOD 11-2)."""
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first_17_digits, _WEIGHTS, strict=True)) % 11]


def mask_number(number: str) -> str:
    """Return the number with its middle hidden: the first 3 and last 4 of a long one, the first and last 2 of a short one."""
    head, tail = (3, 4) if len(number) >= 15 else (1, 2)
    return f"{number[:head]}{'*' * (len(number) - head - tail)}{number[-tail:]}"


def _number_fault(kind: CertificateType, number: str, today: date) -> str:
    if kind is CertificateType.NONE:
        return "leave it out: there is no certificate" if number else ""
    if kind.holds_citizen_number:
        return _citizen_fault(number, today)
    if kind is CertificateType.FOREIGN_PERMANENT_RESIDENCE:
        return _residence_fault(number, today)
    shape, reason = _SHAPES[kind]
    return "" if shape.fullmatch(number) else reason


def _citizen_fault(number: str, today: date) -> str:
    if not _CITIZEN.fullmatch(number):
        return "17 digits and a digit or X"
    if number[:2] not in _PROVINCES:
        return "its first two digits name no region"
    if number[2:4] == "00" and number[:2] not in _WITHOUT_CITIES:
        return "its digits 3 and 4 name no city"
    return _body_fault(number, today)


def _residence_fault(number: str, today: date) -> str:
    if _FORMER_RESIDENCE.fullmatch(number):
        return ""
    if not _RESIDENCE.fullmatch(number):
        return "9, 16 digits and a digit or X, or, if issued before December 2023, 3 letters and 12 digits"
    if number[1:3] not in _PROVINCES:
        return "its digits 2 and 3 name no region"
    return _body_fault(number, today)


def _body_fault(number: str, today: date) -> str:
    """Return what is wrong with the birth date and the check digit, which stand in the same places in all numbers of 18 signs."""
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
