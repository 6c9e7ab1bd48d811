"""The daily run: neither of its parts keeps the other's figures away, and both end before the function does."""

from __future__ import annotations

from datetime import timedelta

from guahao.domain.errors import Unavailable
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.reconciliation.reconcile_bill import Bills, DailyReconciliation
from guahao.usecases.reconciliation.withdrawals import Withdrawals
from tests import suspending
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.hospital_settings import FakeHospitalSettings
from tests.fakes.orders import FakeOrderIndex
from tests.unit.test_bills import BillWorld
from tests.unit.test_template import FUNCTIONS


class Day:
    """A day after which there is something to find in the bill and among the suspended schedules."""

    def __init__(self) -> None:
        self.money, self.schedules = BillWorld(), suspending.World()
        self.money.scan()
        self.money.clock.advance(days=1)
        self.schedules.pay(1)
        self.schedules.suspend()

    def run(self) -> dict[str, int]:
        """Return the figures that are not 0."""
        return {name: figure for name, figure in self.reconciliation().run(None).items() if figure}

    def reconciliation(self) -> DailyReconciliation:
        money, world, none = self.money, self.schedules, FakeHospitalSettings(FakeAuditLog())
        withdrawals = Withdrawals(world.suspended(), world.orders.numbers_of, none, world.catalog, world.pool, world.clock)
        bills = Bills(FakeOrderIndex(money.orders), money.payments, Settlements(money.payments))
        return DailyReconciliation(withdrawals, bills, money.clock)


def down(*_: object) -> object:
    raise Unavailable("down")


def test_the_bill_is_that_of_yesterday_unless_another_day_is_named() -> None:
    assert Day().run() == {"latePayments": 1, "billPaidFen": 5000, "ordersPaidFen": 5000, "suspendedOrders": 1}


def test_a_bill_that_is_late_keeps_no_other_figure_away() -> None:
    day = Day()
    day.money.provider.bill_is_late = True
    assert day.run() == {"billMissing": 1, "suspendedOrders": 1}


def test_a_catalogue_that_cannot_be_read_keeps_no_bill_away() -> None:
    day = Day()
    day.schedules.catalog.suspended_ids = down  # type: ignore[assignment,method-assign]
    assert day.run() == {"latePayments": 1, "billPaidFen": 5000, "ordersPaidFen": 5000, "remaining": 1}


def test_what_both_parts_left_is_counted_together() -> None:
    day = Day()
    day.schedules.catalog.suspended_ids = down  # type: ignore[assignment,method-assign]
    day.money.orders.get = down  # type: ignore[assignment,method-assign]
    assert day.run()["remaining"] == 2


def test_both_parts_end_before_their_function_does() -> None:
    _, function = FUNCTIONS["reconcile_bill"]
    assert Bills.time + Withdrawals.time <= timedelta(seconds=function["Timeout"]) - timedelta(minutes=2)
