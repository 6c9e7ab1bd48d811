"""Compares the payment provider's bill with the orders every day, and checks that nothing withdrawn is still on sale."""

from collections.abc import Mapping
from typing import Any

from guahao.bootstrap.reconciliation.reconcile_bill import daily_reconciliation
from guahao.runtime.timer import each_run


def run(event: dict[str, Any]) -> Mapping[str, int]:
    """Compare yesterday's bill, or that of the event's `day`."""
    return daily_reconciliation().run(event.get("day"))


handler = each_run("reconcile_bill", run)
