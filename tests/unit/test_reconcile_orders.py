"""Reconciliation: what no message brought about is brought about by the next run, once, and told in figures."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Number
from guahao.domain.errors import ProviderUnavailable, Unavailable
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.payment.payment import PaymentState, RefundState
from tests.builders import NOW, schedule
from tests.killing import deaths
from tests.unit.reconciling import LONG, World, told


def test_a_hold_whose_message_was_lost_ends_once_its_message_is_overdue(log: list[logging.LogRecord]) -> None:
    world = World()
    world.place()
    world.hospital.down = True
    world.clock.advance(minutes=16)
    assert "expiredHolds" not in world.run()
    log.clear()
    world.clock.advance(minutes=1)
    assert world.run()["expiredHolds"] == 1
    assert (world.order().state, world.order().cancelled_for) == (OrderState.CANCELLED, Cause.HOLD_EXPIRED)
    assert told(log)[0] == ("expiredHolds", "o1")


def test_a_payment_whose_notification_was_lost_is_found() -> None:
    world = World()
    world.scan()
    world.clock.advance(minutes=2)
    assert world.run() == {"openPayments": 1, "partnerCalls": 1, "repaired": 1}
    assert (world.order().state, world.order().payment.state) == (OrderState.PAID, PaymentState.PAID)


def test_what_is_younger_than_two_minutes_is_left_to_its_messages() -> None:
    world = World()
    world.scan()
    world.clock.advance(seconds=119)
    assert world.run() == {}


def test_a_hold_ends_while_the_provider_is_silent_and_the_money_goes_back_once_it_answers() -> None:
    world = World()
    world.scan()
    world.provider.down = True
    world.clock.advance(minutes=17)
    assert world.run()["expiredHolds"] == 1
    world.clock.advance(minutes=5)
    assert world.run() == {"remaining": 1}
    world.provider.down = False
    assert world.run() == {"refunds": 1}
    assert (world.order().payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_cancelled_orders_open_payment_is_closed() -> None:
    world = World()
    world.open()
    world.cancel()
    world.clock.advance(minutes=5)
    assert world.run()["openPayments"] == 1
    with pytest.raises(ValueError, match="cannot be paid"):
        world.provider.pay("o1")


def test_a_hospital_that_does_not_answer_is_asked_twice_in_a_run_and_keeps_nobody_else_waiting() -> None:
    world = World()
    for n in range(4):
        world.pay(f"o{n}")
    world.pay("other", hospital_code="2000")
    asked: list[str] = []
    register = world.hospital.register

    def silent(setting: object, registration: object) -> object:
        asked.append(setting.hospital_code)  # type: ignore[attr-defined]
        world.hospital.down = asked[-1] == "10001"
        return register(setting, registration)  # type: ignore[arg-type]

    world.hospital.register = silent  # type: ignore[assignment,method-assign]
    world.clock.advance(minutes=5)
    assert world.run() == {"partnerCalls": 1, "remaining": 4}
    assert sorted(asked) == ["10001", "10001", "2000"]
    assert world.order("other").hospital_knows is HospitalKnows.PAID


def test_a_week_after_the_visit_a_hospital_is_told_no_more() -> None:
    world = World()
    world.pay()
    world.clock.advance(days=10)
    assert world.run() == {"partnerCalls": 1}
    world.pay("o2")
    world.clock.advance(days=1)
    assert world.run() == {"givenUp": 1, "cancelledUnconfirmed": 1}
    assert world.order("o2").hospital_knows is HospitalKnows.GIVEN_UP
    assert not world.order("o2").hospital_is_behind
    assert world.run() == {}
    world.reconciliation().calls.notify_hospital("o2")
    assert "o2" not in world.hospital.orders


def test_what_a_hospital_heard_while_it_was_looked_for_is_no_repair() -> None:
    world = World()
    world.pay()
    world.clock.advance(minutes=5)
    reconciliation = world.reconciliation()
    outstanding = list(reconciliation.index.outstanding(NOW, world.clock()))
    reconciliation.calls.notify_hospital("o1")
    reconciliation.index.outstanding = lambda after, before: iter(outstanding)  # type: ignore[method-assign]
    assert reconciliation.run(120, LONG)["partnerCalls"] == 0
    world.clock.advance(days=20)
    assert reconciliation.run(120, LONG)["givenUp"] == 0


def test_a_payment_whose_notification_is_still_on_its_way_is_taken_and_is_no_repair() -> None:
    world = World()
    world.open()
    world.clock.advance(minutes=5)
    world.provider.pay("o1")
    world.clock.advance(seconds=119)
    figures = world.run()
    assert "openPayments" not in figures
    assert world.order().state is OrderState.PAID


@pytest.mark.parametrize(("wrong", "asked", "refunds"), [(1, 4, 3), (4, 2, 0)])
def test_one_refund_that_goes_wrong_keeps_no_other_waiting_and_two_show_that_the_provider_is_silent(
    wrong: int, asked: int, refunds: int
) -> None:
    world = World()
    for n in range(4):
        world.pay(f"o{n}")
        world.cancel(f"o{n}")
    refund, calls = world.provider.refund, []

    def of_some_never(trade_no: str, *rest: Any) -> RefundState:
        calls.append(trade_no)
        if int(trade_no[1:]) < wrong:
            raise ProviderUnavailable("no reason")
        return refund(trade_no, *rest)

    world.provider.refund = of_some_never  # type: ignore[method-assign]
    world.clock.advance(minutes=5)
    figures = world.reconciliation().run(120, LONG)
    assert (len(calls), figures["refunds"], figures["remaining"]) == (asked, refunds, 4 - refunds)


def test_money_that_was_given_back_by_hand_is_counted_until_somebody_says_so() -> None:
    world = World()
    world.scan()
    world.provider.refund("o1", "by hand", 5000, 5000, "")
    world.cancel()
    world.clock.advance(minutes=30)
    assert world.run()["mismatches"] == 1
    for _ in range(2):
        world.clock.advance(minutes=5)
        assert world.run() == {"failedRefunds": 1}
    world.orders.move(world.order(), world.order().refunded_by_hand(world.clock()))
    assert world.run() == {}
    assert world.provider.refunded_fen("o1") == 5000


def test_a_pool_that_cannot_be_checked_keeps_neither_other_pools_nor_orders_waiting() -> None:
    world = World()
    for order_id in ("o1", "o2"):
        world.place(order_id)
        world.pool.build(schedule(f"s-{order_id}"), [], 0)
    world.cancel("o2")
    world.clock.advance(minutes=20)
    reconciliation = world.reconciliation()
    read = reconciliation.pools.read_numbers

    def broken(schedule_id: str) -> list[Number]:
        if schedule_id == "s-o1":
            raise Unavailable("throttled")
        return read(schedule_id)

    figures = replace(reconciliation, pools=replace(reconciliation.pools, read_numbers=broken)).run(120, LONG)
    assert (figures["numbersReturned"], figures["expiredHolds"], figures["remaining"]) == (1, 1, 1)


def test_an_order_that_nobody_can_help_keeps_no_other_waiting() -> None:
    world = World()
    for order_id in ("o1", "o2"):
        world.pay(order_id)
    get = world.orders.get

    def broken(order_id: str) -> object:
        if order_id == "o1":
            raise ValueError("not to be read")
        return get(order_id)

    world.orders.get = broken  # type: ignore[assignment,method-assign]
    world.clock.advance(minutes=5)
    assert world.run() == {"partnerCalls": 1, "remaining": 1}


def test_a_run_that_has_no_time_leaves_and_another_begins_elsewhere() -> None:
    world = World()
    world.pay("old")
    world.cancel("old")
    world.provider.refund = lambda *_: RefundState.ABNORMAL  # type: ignore[method-assign]
    world.clock.advance(days=3)
    world.place("young")
    world.clock.advance(minutes=30)
    no_time = timedelta(0)
    for draw in (0.0, 0.999):
        figures = world.reconciliation(draw=draw).run(120, no_time)
        assert (figures["failedRefunds"], figures["expiredHolds"], figures["outOfTime"]) == (1, 0, 1)
    assert world.reconciliation(draw=0.5).run(120, no_time)["expiredHolds"] == 1


def test_a_run_killed_anywhere_is_made_up_for_by_the_next() -> None:
    def outstanding() -> World:
        world = World()
        world.place("unpaid")
        world.open("opened")
        world.scan("paid in time")
        world.pay("paid")
        world.pay("cancelled")
        world.cancel("cancelled")
        world.clock.advance(minutes=20)
        return world

    def outcome(world: World) -> object:
        orders = {key: (o.state, o.payment.state, o.hospital_knows, len(o.timeline)) for key, o in world.orders.orders.items()}
        return orders, {key: o.knows for key, o in world.hospital.orders.items()}, {key: world.provider.refunded_fen(key) for key in orders}

    def settle(world: World) -> None:
        for _ in range(2):
            world.run()
            world.clock.advance(minutes=5)
        assert world.run() == {}

    whole = outstanding()
    settle(whole)
    worlds: list[World] = []
    for _ in deaths(lambda killer: (worlds.append(outstanding()), worlds[-1].run(killer=killer))):
        settle(worlds[-1])
        assert outcome(worlds[-1]) == outcome(whole)


def test_pools_are_checked_in_the_same_run() -> None:
    world = World()
    world.place()
    world.cancel()
    world.pool.build(schedule("s-o1"), [], 0)
    assert world.run() == {"numbersReturned": 1, "repaired": 1}
