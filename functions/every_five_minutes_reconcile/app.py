"""Brings to their end every five minutes the orders, payments, hospital calls and pools that something was lost for."""

from collections.abc import Mapping
from typing import Any

from guahao.bootstrap.reconciliation import repair
from guahao.runtime.timer import each_run


def run(event: dict[str, Any]) -> Mapping[str, int]:
    """Repair what has been due for two minutes, or for the event's `graceSeconds`."""
    return repair(event.get("graceSeconds", 120))


handler = each_run("every_five_minutes_reconcile", run)
