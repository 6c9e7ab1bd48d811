"""Numbers of refunds: a provider that closes a refund wants the next try under a number of its own."""

from __future__ import annotations

import re

_AGAIN = re.compile(r"-([0-9]+)$")

MOST_TRIES = 50
"""So many refunds a trade may have at WeChat Pay."""


def try_no(refund_no: str, attempt: int) -> str:
    """Return the number of a try, counted from 1; the first is the refund's own."""
    return refund_no if attempt == 1 else f"{refund_no}-{attempt}"


def refund_of(number: str) -> str:
    """Return the refund's own number, whichever try of it the number is."""
    return _AGAIN.sub("", number)


def try_before(number: str) -> str | None:
    """Return the number of the try before, None of a first one."""
    found = _AGAIN.search(number)
    return try_no(refund_of(number), int(found[1]) - 1) if found else None
