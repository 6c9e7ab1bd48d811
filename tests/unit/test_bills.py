"""The provider's bill against the orders: what can be repaired is, what cannot is told, and both sides are summed to the fen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import PaymentMismatch, ProviderUnavailable
from guahao.domain.payment.bills import BillEntry, UnreadableLine
from guahao.domain.payment.payment import Payment, PaymentState, RefundState
from guahao.domain.time import shanghai_date
from guahao.usecases.payment.settlements import Settlements
from guahao.usecases.reconciliation.reconcile_bill import Bills
from tests.builders import NOW
from tests.fakes.orders import FakeOrderIndex
from tests.unit.reconciling import World

DAY = shanghai_date(NOW)


class BillWorld(World):
    """What orders and provider know of a day, and its bill."""

    def balance(self, day: date = DAY, **limits: timedelta) -> dict[str, int]:
        """Return the figures that are not 0."""
        bills = Bills(FakeOrderIndex(self.orders), self.payments, Settlements(self.payments), **limits)
        return {name: figure for name, figure in bills.balance(day).items() if figure}

    def refund(self, order_id: str = "o1") -> None:
        self.pay(order_id)
        self.cancel(order_id)
        Settlements(self.payments).settle(order_id)

    def change_bill(self, change: Callable[[list[BillEntry]], Sequence[BillEntry | UnreadableLine]]) -> None:
        bill = self.provider.bill
        self.provider.bill = lambda day: iter(change([line for line in bill(day) if isinstance(line, BillEntry)]))  # type: ignore[method-assign]

    def add_to_bill(self, *more: BillEntry | UnreadableLine) -> None:
        self.change_bill(lambda entries: [*entries, *more])

    def take(self, amount_fen: int) -> None:
        """Have another amount paid than was asked for."""
        opened = self.provider._opened["o1"]
        self.provider._opened["o1"] = replace(opened, trade=replace(opened.trade, amount_fen=amount_fen))


def down(*_: object) -> RefundState:
    raise PaymentMismatch("refused")


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
    world.change_bill(lambda entries: [entry._replace(amount_fen=4999) for entry in entries])
    assert world.balance() == {"differingAmounts": 1, "billPaidFen": 4999, "ordersPaidFen": 5000}


def test_an_amount_that_the_order_does_not_take_is_told_of_too() -> None:
    world = BillWorld()
    world.scan()
    world.take(1)
    assert world.balance() == {"differingAmounts": 1, "billPaidFen": 1}
    assert world.order().state is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("transaction_id", ["4200o1", "another"])
@pytest.mark.parametrize("at", [0, 1])
def test_money_that_came_twice_is_told_of(transaction_id: str, at: int) -> None:
    world = BillWorld()
    world.pay()
    second = BillEntry("o1", 5000, "", transaction_id)
    world.change_bill(lambda entries: [*entries[:at], second, *entries[at:]])
    assert world.balance() == {"paidTwice": 1, "billPaidFen": 10000, "ordersPaidFen": 5000}


def test_money_that_came_again_on_a_later_day_is_told_of() -> None:
    world = BillWorld()
    world.pay()
    world.add_to_bill(BillEntry("o1", 5000, "", "another"))
    assert world.balance(DAY + timedelta(days=1)) == {"paidTwice": 1, "billPaidFen": 5000}


def test_a_line_that_cannot_be_read_is_counted_and_keeps_no_other_waiting() -> None:
    world = BillWorld()
    world.pay()
    world.change_bill(lambda entries: [UnreadableLine(2), *entries])
    assert world.balance() == {"unreadable": 1, "billPaidFen": 5000, "ordersPaidFen": 5000}


def test_a_refund_that_the_bill_does_not_have_is_told_of() -> None:
    world = BillWorld()
    world.refund()
    world.change_bill(lambda entries: [entry for entry in entries if not entry.refund_no])
    assert world.balance() == {"refundsMissingInBill": 1, "billPaidFen": 5000, "ordersPaidFen": 5000, "ordersRefundedFen": 5000}


def test_a_refund_counts_on_the_day_on_which_it_was_asked_for() -> None:
    world = BillWorld()
    world.pay()
    world.provider.refunds_take_time = True
    world.cancel()
    Settlements(world.payments).settle("o1")
    world.clock.advance(days=1)
    world.provider.settle_refunds()
    Settlements(world.payments).settle("o1")
    assert world.order().payment.state is PaymentState.REFUNDED
    assert world.balance() == {"billPaidFen": 5000, "ordersPaidFen": 5000, "billRefundedFen": 5000, "ordersRefundedFen": 5000}
    assert world.balance(DAY + timedelta(days=1)) == {}
    world.provider.refund_state = down  # type: ignore[method-assign]
    assert world.balance(DAY + timedelta(days=1)) == {"remaining": 1}
    del world.provider.refund_state
    world.provider._refunds.clear()
    assert world.balance(DAY + timedelta(days=1)) == {"refundsMissingInBill": 1, "ordersRefundedFen": 5000}


def test_a_refund_on_its_way_is_not_asked_about_for_the_bill() -> None:
    world = BillWorld()
    world.provider.refunds_take_time = True
    world.refund()
    asked: list[str] = []
    world.provider.refund_state = lambda refund_no: asked.append(refund_no)  # type: ignore[assignment,method-assign]
    assert world.balance() == {"billPaidFen": 5000, "ordersPaidFen": 5000, "billRefundedFen": 5000, "ordersRefundedFen": 5000}
    assert asked == []


@pytest.mark.parametrize("number", ["o1R", "by hand"])
def test_a_second_refund_of_an_order_is_told_of(number: str) -> None:
    world = BillWorld()
    world.refund()
    world.add_to_bill(BillEntry("o1", 5000, number))
    sums = {"billPaidFen": 5000, "ordersPaidFen": 5000, "billRefundedFen": 10000, "ordersRefundedFen": 5000}
    assert world.balance() == {"unexpectedRefunds": 1} | sums


def test_a_refund_by_hand_is_expected_once_its_order_knows() -> None:
    world = BillWorld()
    world.pay()
    world.cancel()
    world.add_to_bill(BillEntry("o1", 5000, "by hand"))
    assert world.balance()["unexpectedRefunds"] == 1
    assert world.provider.refunded_fen("o1") == 0
    world.orders.orders["o1"] = world.order().refunded_by_hand(world.clock())
    assert world.balance() == {"billPaidFen": 5000, "ordersPaidFen": 5000, "billRefundedFen": 5000, "ordersRefundedFen": 5000}
    # The provider has given it back as well.
    world.add_to_bill(BillEntry("o1", 5000, world.order().refund_no))
    assert world.balance()["unexpectedRefunds"] == 1


def test_a_payment_that_was_given_back_unheard_is_told_of() -> None:
    world = BillWorld()
    world.scan()
    world.provider.refund("o1", "by hand", 5000, 5000, "")
    paid = {"billPaidFen": 5000, "ordersPaidFen": 5000, "latePayments": 1}
    assert world.balance() == paid | {"unexpectedRefunds": 1, "billRefundedFen": 5000}


def test_a_payment_of_which_a_part_was_given_back_unheard_reaches_its_order() -> None:
    world = BillWorld()
    world.scan()
    world.provider.refund("o1", "a part", 1000, 5000, "")
    assert world.balance()["latePayments"] == 1
    assert (world.order().state, world.order().payment.state) == (OrderState.PAID, PaymentState.PAID)


def test_a_refund_that_the_provider_closed_is_in_the_bill_under_both_its_numbers() -> None:
    world = BillWorld()
    world.pay()
    world.provider.refunds_take_time = True
    world.cancel()
    Settlements(world.payments).settle("o1")
    world.provider.stop_refund("o1R", RefundState.CLOSED)
    world.clock.advance(days=8)
    Settlements(world.payments).settle("o1")
    world.provider.settle_refunds()
    Settlements(world.payments).settle("o1")
    agreed = {"billRefundedFen": 5000, "ordersRefundedFen": 5000}
    assert world.balance() == {"billPaidFen": 5000, "ordersPaidFen": 5000} | agreed
    assert world.balance(DAY + timedelta(days=8)) == agreed
    # A further try of one that was not closed gives the money back twice.
    world.provider.stop_refund("o1R", RefundState.DONE)
    assert world.balance(DAY + timedelta(days=8))["unexpectedRefunds"] == 1


def test_a_refund_that_is_not_ours_is_told_of() -> None:
    world = BillWorld()
    world.pay()
    world.add_to_bill(BillEntry("o1", 5000, "by hand"))
    assert world.balance()["unexpectedRefunds"] == 1
    assert world.order().payment.state is PaymentState.PAID


@pytest.mark.parametrize("fault", [ProviderUnavailable("silent"), ValueError("unforeseen")])
def test_one_entry_that_cannot_be_looked_into_keeps_no_other_waiting(fault: Exception) -> None:
    world = BillWorld()
    world.scan("o1")
    world.scan("o2")
    query = world.provider.query

    def silent(trade_no: str) -> object:
        if trade_no == "o1":
            raise fault
        return query(trade_no)

    world.provider.query = silent  # type: ignore[assignment,method-assign]
    assert world.balance() == {"billPaidFen": 10000, "ordersPaidFen": 5000, "latePayments": 1, "remaining": 1}


def test_a_bill_of_another_day_has_nothing_of_this_one() -> None:
    world = BillWorld()
    world.pay()
    assert world.balance(DAY - timedelta(days=1)) == {}


def test_a_bill_that_is_not_written_yet_is_a_figure() -> None:
    world = BillWorld()
    world.pay()
    world.provider.bill_is_late = True
    assert world.balance() == {"billMissing": 1}


def test_a_bill_is_read_for_a_limited_time_and_what_was_not_read_is_not_missed() -> None:
    world = BillWorld()
    world.pay("o1")
    world.pay("o2")
    world.refund("o3")
    assert world.balance(time=timedelta()) == {"outOfTime": 1}
    query = world.orders.get

    def slow(order_id: str) -> object:
        world.clock.advance(minutes=9)
        return query(order_id)

    world.orders.get = slow  # type: ignore[assignment,method-assign]
    world.change_bill(lambda entries: [BillEntry("unknown", 1), *entries])
    assert world.balance() == {"outOfTime": 1, "unknownTrades": 1, "billPaidFen": 1}
