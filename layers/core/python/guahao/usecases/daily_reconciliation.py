"""What is compared once a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guahao.domain.time import shanghai_date
from guahao.ports.clock import Clock
from guahao.usecases.bills import Bills
from guahao.usecases.withdrawals import Withdrawals


@dataclass(frozen=True)
class DailyReconciliation:
    """Goes through the provider's bill, and through what was taken from sale."""

    withdrawals: Withdrawals
    bills: Bills
    clock: Clock

    def run(self, day: str | None) -> Mapping[str, int]:
        """Repair what can be and return the figures of both, with the bill of this day (YYYY-MM-DD), or of yesterday."""
        # Each has its own time, and neither fails: what the other found is always told.
        balance = self.bills.balance(date.fromisoformat(day) if day else shanghai_date(self.clock()) - timedelta(days=1))
        withdrawals = self.withdrawals.run()
        return {name: balance.get(name, 0) + withdrawals.get(name, 0) for name in {**balance, **withdrawals}}
