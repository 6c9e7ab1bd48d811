"""Asks each morning for the reminders of the day's visits."""

from typing import Any

from guahao.bootstrap.reminders import reminders
from guahao.runtime.timer import each_run


def run(_: dict[str, Any]) -> dict[str, int]:
    """Ask for today's reminders."""
    return {"reminders": reminders().ask()}


handler = each_run("daily_reminder", run)
