"""Sends the reminder messages of the day's visits each morning."""

from typing import Any

from guahao.bootstrap.notices.notices import reminders
from guahao.runtime.timer import each_run


def run(_: dict[str, Any]) -> dict[str, int]:
    """Send today's reminder messages."""
    return {"reminders": reminders().enqueue()}


handler = each_run("visit_reminder", run)
