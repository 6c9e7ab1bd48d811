"""How long an SMS and its values may be, and what no operator takes inside a value."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A text of one part, and each part of a longer one, in units of UCS-2: every SMS begins with Chinese.
ONE_PART = 70
EACH_PART = 67
_MOST_PARTS = 2
# What Alibaba Cloud's kinds of values hold: names, units and addresses less than others, which hold 35.
_LONGEST = {"patient": 20, "hospital": 20, "department": 20, "doctor": 20, "checkInPlace": 30, "instead": 35, "reason": 35}
_SENTENCES = {"reason"}
# Links and numbers by which somebody could be called: a message with one in a value is refused for good.
_REFUSED = re.compile(
    r"https?://[!-~]*|www\.[!-~]+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|cc|top|io|me)\b[!-~]*|\+?\d[\d -]{5,}\d",
    re.IGNORECASE | re.ASCII,
)


def units(text: str) -> int:
    """Return the length that carriers count: characters outside the basic plane are two."""
    return len(text.encode("utf-16-le")) // 2


def parts(text: str) -> int:
    """Return in how many parts a text is sent and paid for."""
    return 1 if units(text) <= ONE_PART else -(-units(text) // EACH_PART)


def fitted(wording: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values as an operator takes them, the longest names cut until the text has two parts at most."""
    fit = {name: _taken(name, value) for name, value in values.items()}
    while units(wording.format(**fit)) > _MOST_PARTS * EACH_PART:
        longest = max(_LONGEST.keys() & fit.keys(), key=lambda name: (len(fit[name]), name))
        fit[longest] = _cut(longest, fit[longest], len(fit[longest]) - 1)
    return fit


def _taken(name: str, value: str) -> str:
    if name not in _LONGEST:
        return value
    return _cut(name, _REFUSED.sub("", value).strip() or "…", _LONGEST[name])


def _cut(name: str, value: str, most: int) -> str:
    """Return so much of a value; a sentence shows that it was cut."""
    if len(value) <= most:
        return value
    return f"{value[: most - 1].rstrip('…')}…" if name in _SENTENCES else value[:most]
