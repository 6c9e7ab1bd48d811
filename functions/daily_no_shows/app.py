"""Checks every night which patients did not come."""

from typing import Any

from guahao.bootstrap.booking.orders import missed_visits
from guahao.runtime.timer import each_run


def run(_: dict[str, Any]) -> dict[str, int]:
    """Send a check for each past visit whose patient has not come."""
    return {"noShowCandidates": missed_visits().enqueue()}


handler = each_run("daily_no_shows", run)
