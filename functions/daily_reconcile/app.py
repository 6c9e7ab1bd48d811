"""Compares the payment provider's bill with the orders every day, and what is off sale with what is booked."""

from collections.abc import Mapping
from typing import Any

from guahao.bootstrap.reconciliation import daily_reconciliation
from guahao.runtime.timer import each_run


def run(event: dict[str, Any]) -> Mapping[str, int]:
    """Go through yesterday's bill, or that of the event's `day`."""
    return daily_reconciliation().run(event.get("day"))


handler = each_run("daily_reconcile", run)
