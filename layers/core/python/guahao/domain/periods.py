"""Ranges of days in requests."""

from __future__ import annotations

from datetime import date

from guahao.domain.errors import Invalid


def require_in_order(first: date | None, last: date | None, field: str = "from") -> None:
    """Do nothing if the days are in order or one is missing, else raise Invalid; `field` is the first day's name in the request."""
    if first and last and first > last:
        raise Invalid("The days are in the wrong order.", [{"field": field, "reason": "not after `to`"}])
