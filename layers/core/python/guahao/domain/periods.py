"""Days from and to which something is asked for."""

from __future__ import annotations

from datetime import date

from guahao.domain.errors import Invalid


def require_in_order(first: date | None, last: date | None, field: str = "from") -> None:
    """Pass days in their order, or only one of them, or raise Invalid; `field` is what the first one is called in the request."""
    if first and last and first > last:
        raise Invalid("The days are in the wrong order.", [{"field": field, "reason": "not after `to`"}])
