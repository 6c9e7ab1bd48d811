"""Asks each evening for the reminders of the next morning's visits, and each morning for those of the afternoon's."""

from typing import Any

from guahao.bootstrap.notices.notices import reminders
from guahao.runtime.timer import each_run


def run(event: dict[str, Any]) -> dict[str, int]:
    """Ask for the reminders of today's visits, or of so many days ahead."""
    return {"reminders": reminders().enqueue(event.get("daysAhead", 0))}


handler = each_run("visit_reminder", run)
