"""Number formats: whether a number is shown as a date, as a time, or otherwise than it is stored."""

from __future__ import annotations

import re
from enum import Enum, auto

# What cells look like without a word in the file (ECMA-376, 18.8.30), in the numbering that Chinese programs use. Others are plain or none.
_TIMES = (*range(18, 22), *range(32, 36), 45, 47, 55, 56)
_DATES = (*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58)
_BUILT_IN = {
    **dict.fromkeys(_TIMES, "h:mm"),
    **dict.fromkeys(_DATES, "yyyy-mm-dd"),
    46: "[h]:mm:ss",
    **dict.fromkeys((2, 7, 8, 39, 40, 43, 44), "0.00"),
    **dict.fromkeys((3, 4, 5, 6, 37, 38, 41, 42), "#,##0"),
    **dict.fromkeys((9, 10), "0%"),
    **dict.fromkeys((11, 48), "0.00E+00"),
    **dict.fromkeys((12, 13), "# ?/?"),
}
_MOST_ZEROS = 32
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$[^\]-]")
_CONDITION = re.compile(r"\[[<>=][^\]]*\]")
_CHINESE_DIGITS = re.compile(r"\[dbnum", re.IGNORECASE)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*')
_BRACKETS = re.compile(r"\[[^\]]*\]")
# Texts in quotes and letters behind a backslash are shown; a letter behind _ or * is a blank of its width, or fills the cell.
_SHOWN = re.compile(r'"([^"]*)"|\\(.)')
_BLANK = re.compile(r"[_*].")
_LETTERS = re.compile(r"[dmyhsegb]", re.IGNORECASE)
_HALF_OF_THE_DAY = re.compile(r"am/pm|a/p|上午/下午", re.IGNORECASE)
# The second is what programs in Chinese write into files for the first.
_GENERAL = re.compile(r"general|G/通用格式", re.IGNORECASE)
_SECONDS = re.compile(r"h|s", re.IGNORECASE)


class Kind(Enum):
    PLAIN = auto()
    DATE = auto()
    TIME = auto()
    DURATION = auto()
    OTHERWISE = auto()


PLAIN = (Kind.PLAIN, "")
Format = tuple[Kind, str]
"""A kind, and for OTHERWISE a simple format that shows numbers in the same way: zeros in front, digits after the dot, percent and so on."""


def built_in(number: int) -> Format:
    """Return what the format that has this number means without a definition in the file."""
    return format_of(_BUILT_IN.get(number, ""))


def format_of(code: str) -> Format:
    """Return what the format's code means for a positive number."""
    if _ELAPSED.search(_SHOWN.sub("", code)):
        return Kind.DURATION, ""
    first = _section(code)
    if _CONDITION.search(first):
        # Which part a number is shown by depends on it: whatever one of them does is taken for the whole.
        parts = [format_of(_CONDITION.sub("", part)) for part in _sections(code)]
        return next((part for part in parts if part != PLAIN), PLAIN)
    shown = bool(_CURRENCY.search(first)) or any(text.strip() for found in _SHOWN.findall(first) for text in found)
    bare = _BRACKETS.sub("", _BLANK.sub("", _SHOWN.sub("", first)))
    if _GENERAL.search(bare) or bare.strip() == "@":
        return (Kind.OTHERWISE, "0.00") if shown or _CHINESE_DIGITS.search(code) else PLAIN
    if _HALF_OF_THE_DAY.search(bare) or _LETTERS.search(re.sub(r"e[+-]", "", bare, flags=re.IGNORECASE)):
        bare = _HALF_OF_THE_DAY.sub("h", bare)
        return (Kind.DATE if _tells_a_day(bare) else Kind.TIME), ""
    otherwise = _otherwise(bare.strip(), shown or bool(_CHINESE_DIGITS.search(code)), hidden=";" in code and not bare.strip())
    return (Kind.OTHERWISE, otherwise) if otherwise else PLAIN


def _section(code: str) -> str:
    """Return the part for positive numbers, which ends with the first semicolon that is not in quotes."""
    return _sections(code)[0]


def _sections(code: str) -> list[str]:
    """Return the parts between the semicolons that are not in quotes."""
    sections, at = [], 0
    while at <= len(code):
        found = _SECTION.match(code, at)
        sections.append(found[0] if found else "")
        at += len(sections[-1]) + 1
    return sections


def _tells_a_day(bare: str) -> bool:
    """Tell whether the format shows a day: m is a minute beside hours or seconds."""
    return bool(re.search(r"[dyegb]", bare, re.IGNORECASE)) or not _SECONDS.search(bare)


def _otherwise(bare: str, shown: bool, hidden: bool) -> str:
    """Return a simple format that changes a whole number as this one does, nothing if it shows the number as it is."""
    for sign, simple in {"%": "0%", "E+": "0.00E+00", "E-": "0.00E+00", "/": "# ?/?", ".": "0.00", ",": "#,##0"}.items():
        if sign in bare.upper():
            return simple
    zeros = bare.count("0")
    if zeros > 1 and not shown:
        return "0" * min(zeros, _MOST_ZEROS)
    return "0.00" if shown or hidden or re.sub(r"[0#?() +-]", "", bare) else ""
