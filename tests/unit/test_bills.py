"""The provider's bill against the orders: what can be repaired is, what cannot is told, and both sides are summed to the fen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from guahao.domain.bills import BillEntry
from guahao.domain.booking import Payment
from guahao.domain.errors import ProviderUnavailable
from guahao.domain.order_states import OrderState
from guahao.domain.payment import PaymentState
from guahao.domain.time import shanghai_date
from guahao.usecases.bills import Bills
from guahao.usecases.payment import Settlements
from tests.builders import NOW
from tests.fakes.orders import FakeOrderIndex
from tests.unit.reconciling import World

DAY = shanghai_date(NOW)


class BillWorld(World):
    """What orders and provider know of a day, and its bill."""

    def balance(self, day: date = DAY) -> dict[str, int]:
        """Return the figures that are not 0."""
        bills = Bills(FakeOrderIndex(self.orders), self.payments, Settlements(self.payments))
        return {name: figure for name, figure in bills.balance(day).items() if figure}

    def add_to_bill(self, *more: BillEntry) -> None:
        bill = self.provider.bill

        def with_more(day: date) -> Iterator[BillEntry]:
            yield from (*bill(day), *more)

        self.provider.bill = with_more  # type: ignore[method-assign]


def test_both_sides_of_a_quiet_day_agree() -> None:
    world = BillWorld()
    world.pay("o1", fee_fen=12345)
    world.pay("o2", fee_fen=7)
    world.cancel("o2")
    Settlements(world.payments).settle("o2")
    assert world.balance() == {"billPaidFen": 12352, "ordersPaidFen": 12352, "billRefundedFen": 7, "ordersRefundedFen": 7}


def test_a_payment_that_nobody_has_heard_of_reaches_its_order() -> None:
    world = BillWorld()
    world.scan()
    assert world.balance() == {"billPaidFen": 5000, "ordersPaidFen": 5000, "latePayments": 1}
    assert world.order().state is OrderState.PAID
    assert world.balance() == {"billPaidFen": 5000, "ordersPaidFen": 5000}


def test_a_refund_that_arrived_unheard_is_noted() -> None:
    world = BillWorld()
    world.pay()
    world.cancel()
    world.provider.refunds_take_time = True
    Settlements(world.payments).settle("o1")
    world.provider.settle_refunds()
    figures = {"billPaidFen": 5000, "ordersPaidFen": 5000, "billRefundedFen": 5000, "ordersRefundedFen": 5000}
    assert world.balance() == figures | {"refunds": 1}
    assert world.order().payment.state is PaymentState.REFUNDED
    assert world.balance() == figures


def test_a_trade_without_an_order_is_told_of() -> None:
    world = BillWorld()
    world.add_to_bill(BillEntry("not-ours", 100), BillEntry("not-ours-either", 30, "r1"))
    assert world.balance() == {"unknownTrades": 2, "billPaidFen": 100, "billRefundedFen": 30}


def test_a_payment_that_the_bill_does_not_have_is_told_of() -> None:
    world = BillWorld()
    order = world.place()
    world.orders.orders["o1"] = replace(order, payment=Payment(PaymentState.PAID, "t1", NOW))
    assert world.balance() == {"missingInBill": 1, "ordersPaidFen": 5000}


def test_another_amount_is_told_of() -> None:
    world = BillWorld()
    world.pay()
    bill = world.provider.bill
    world.provider.bill = lambda day: (entry._replace(amount_fen=4999) for entry in bill(day))  # type: ignore[method-assign]
    assert world.balance() == {"differingAmounts": 1, "billPaidFen": 4999, "ordersPaidFen": 5000}


def test_a_refund_that_is_not_ours_is_told_of() -> None:
    world = BillWorld()
    world.pay()
    world.add_to_bill(BillEntry("o1", 5000, "by hand"))
    assert world.balance()["unexpectedRefunds"] == 1
    assert world.order().payment.state is PaymentState.PAID


def test_one_entry_that_cannot_be_looked_into_keeps_no_other_waiting() -> None:
    world = BillWorld()
    world.scan("o1")
    world.scan("o2")
    query = world.provider.query

    def silent(trade_no: str) -> object:
        if trade_no == "o1":
            raise ProviderUnavailable("silent")
        return query(trade_no)

    world.provider.query = silent  # type: ignore[assignment,method-assign]
    assert world.balance() == {"billPaidFen": 10000, "ordersPaidFen": 5000, "latePayments": 1, "remaining": 1}


def test_a_bill_of_another_day_has_nothing_of_this_one() -> None:
    world = BillWorld()
    world.pay()
    assert world.balance(DAY - timedelta(days=1)) == {}


def test_a_bill_that_is_not_written_yet_is_come_back_for() -> None:
    world = BillWorld()
    world.provider.bill_is_late = True
    with pytest.raises(ProviderUnavailable):
        world.balance()
