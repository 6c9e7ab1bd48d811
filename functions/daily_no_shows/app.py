"""Asks every night about the visits that are over."""

from typing import Any

from guahao.bootstrap.no_shows import missed_visits
from guahao.runtime.timer import each_run


def run(_: dict[str, Any]) -> dict[str, int]:
    """Ask about each visit for which nobody has come."""
    return {"noShowCandidates": missed_visits().ask()}


handler = each_run("daily_no_shows", run)
