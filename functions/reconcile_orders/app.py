"""Finishes overdue orders, payments and partner calls every five minutes, and repairs the number pools."""

from collections.abc import Mapping
from typing import Any

from guahao.bootstrap.reconciliation.reconcile_orders import reconciliation
from guahao.runtime.timer import each_run


def run(event: dict[str, Any]) -> Mapping[str, int]:
    """Repair what has been due for two minutes, or for the event's `graceSeconds`."""
    return reconciliation().run(event.get("graceSeconds", 120))


handler = each_run("reconcile_orders", run)
