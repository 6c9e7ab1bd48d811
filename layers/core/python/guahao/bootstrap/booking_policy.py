"""The booking policy of this deployment."""

from __future__ import annotations

from functools import cache

from guahao.contracts.booking_policy import BookingPolicySetting
from guahao.domain.ledger import BookingPolicy, Rung
from guahao.runtime import settings


@cache
def booking_policy() -> BookingPolicy:
    """Return the process's booking policy, or raise ValueError that names what is wrong with its setting."""
    told = BookingPolicySetting.model_validate_json(settings.text("BOOKING_POLICY")).model_dump()
    rungs = tuple(Rung(**rung) for rung in told.pop("no_shows"))
    return BookingPolicy(**told, no_shows=rungs)
