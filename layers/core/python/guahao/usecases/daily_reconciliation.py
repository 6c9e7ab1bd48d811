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
    """Goes through what was taken from sale, and through the provider's bill."""

    withdrawals: Withdrawals
    bills: Bills
    clock: Clock

    def run(self, day: str | None) -> Mapping[str, int]:
        """Repair what can be and return the figures of both, with the bill of this day (YYYY-MM-DD), or of yesterday.

        Raises ProviderUnavailable while the bill is not written yet, so that somebody comes again.
        """
        withdrawals = self.withdrawals.run()
        balance = self.bills.balance(date.fromisoformat(day) if day else shanghai_date(self.clock()) - timedelta(days=1))
        return {**withdrawals, **balance, "remaining": withdrawals["remaining"] + balance["remaining"]}
