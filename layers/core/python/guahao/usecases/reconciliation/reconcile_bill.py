"""The daily reconciliation: the provider's bill, and the withdrawals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from guahao.domain.time import shanghai_date
from guahao.ports.clock import Clock
from guahao.usecases.reconciliation.bills import Bills
from guahao.usecases.reconciliation.withdrawals import Withdrawals


@dataclass(frozen=True)
class DailyReconciliation:
    """Compares the provider's bill with the orders, and checks the withdrawals."""

    withdrawals: Withdrawals
    bills: Bills
    clock: Clock

    def run(self, day: str | None) -> Mapping[str, int]:
        """Repair what can be repaired and return the figures; `day` (YYYY-MM-DD) is that of the bill, by default yesterday."""
        # Each part has its own time and never raises, so that the figures of both are always returned.
        balance = self.bills.balance(date.fromisoformat(day) if day else shanghai_date(self.clock()) - timedelta(days=1))
        withdrawals = self.withdrawals.run()
        return {name: balance.get(name, 0) + withdrawals.get(name, 0) for name in {**balance, **withdrawals}}
