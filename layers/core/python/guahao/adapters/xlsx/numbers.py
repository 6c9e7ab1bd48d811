"""Numbers of cells: amounts, dates, times, and numbers that are shown otherwise than they are stored."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from guahao.adapters.xlsx.formats import Format, Kind
from guahao.domain.administration.spreadsheets import Broken, Cell, Shown

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.ASCII | re.IGNORECASE)
# Between these a float may be whole because it could not keep its digits; below it keeps them, above nobody takes it for a whole number.
_DIGITS_MAY_BE_LOST, _MOST_WHOLE = 10**15, 2**53
_LONGEST_WHOLE, _LONGEST_NUMBER = 20, 400
_SECONDS_OF_A_DAY = 86_400
_DAYS = 2_958_466
"""The first day that spreadsheets do not know, the one after 9999-12-31."""
# Excel takes 1900 for a leap year, as its forerunner did: the days before its 29 February are one day off, and that day itself never was.
_BEFORE_FEBRUARY_29, _FROM_MARCH, _FEBRUARY_29 = datetime(1899, 12, 31), datetime(1899, 12, 30), 60
_1904 = datetime(1904, 1, 1)


def amount_of(text: str) -> int | float | Broken:
    """Return the number that is written there; what is none, or cannot be kept exactly where it must be, is broken."""
    if text.isdigit() and text.isascii() and len(text) < _LONGEST_WHOLE:
        return int(text)
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return Broken(text)
    if text.lstrip("+-").isdigit() and len(text) < _LONGEST_WHOLE:
        return int(text)
    amount = float(text)
    lost = _DIGITS_MAY_BE_LOST <= abs(amount) <= _MOST_WHOLE and amount.is_integer() and Decimal(text) != Decimal(amount)
    return amount if isfinite(amount) and not lost else Broken(text)


def shown(amount: int | float, shape: Format, from_1904: bool) -> Cell:
    """Return the cell of an amount in this format."""
    kind, otherwise = shape
    if kind is Kind.PLAIN:
        return amount
    if kind is Kind.OTHERWISE:
        return amount if _has_all_digits(amount, otherwise) else Shown(amount, otherwise)
    if kind is Kind.DURATION:
        return timedelta(seconds=round(amount * _SECONDS_OF_A_DAY)) if abs(amount) < _DAYS else Broken(str(amount))
    if 0 <= amount < 1 and (kind is Kind.TIME or not from_1904):
        return (datetime.min + timedelta(seconds=round(amount * _SECONDS_OF_A_DAY))).time()
    return _day(amount, from_1904)


def moment_of(text: str) -> Cell:
    """Return the date or the time that is written as ISO 8601 has it."""
    for read in (datetime.fromisoformat, time.fromisoformat):
        try:
            return read(text).replace(tzinfo=None)
        except ValueError:
            continue
    return Broken(text)


def number_of(moment: datetime | time | timedelta) -> float | None:
    """Return the number that stands for a moment in a workbook that counts from 1900, None for a day before."""
    if isinstance(moment, datetime):
        first = _FROM_MARCH if moment >= _FROM_MARCH + timedelta(days=_FEBRUARY_29 + 1) else _BEFORE_FEBRUARY_29
        days = (moment - first) / timedelta(days=1)
        return days if days >= 1 else None
    if isinstance(moment, time):
        moment = datetime.combine(datetime.min, moment) - datetime.min
    return moment / timedelta(days=1)


def _has_all_digits(amount: int | float, zeros: str) -> bool:
    """Tell whether a format of zeros has none to add."""
    return zeros.strip("0") == "" and isinstance(amount, int) and len(str(abs(amount))) >= len(zeros)


def _day(amount: int | float, from_1904: bool) -> Cell:
    if not 0 <= amount < _DAYS - (1462 if from_1904 else 0) or (not from_1904 and int(amount) == _FEBRUARY_29):
        return Broken(str(amount))
    first = _1904 if from_1904 else _FROM_MARCH if amount > _FEBRUARY_29 else _BEFORE_FEBRUARY_29
    return first + timedelta(seconds=round(amount * _SECONDS_OF_A_DAY))
