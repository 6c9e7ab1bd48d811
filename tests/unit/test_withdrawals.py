"""What was taken from sale stays so, whatever message was lost and whoever was killed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.errors import Unavailable
from guahao.usecases.booking.bookable import PooledFreeNumbers
from guahao.usecases.booking.orders import change
from guahao.usecases.hospitals.suspensions import SuspendedSchedules
from guahao.usecases.reconciliation.withdrawals import Withdrawals
from tests import hospital_house, suspending
from tests.builders import NOW
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.hospital_settings import FakeHospitalSettings
from tests.suspending import LOST


def of_schedules(world: suspending.World, **limits: timedelta) -> dict[str, int]:
    none = FakeHospitalSettings(FakeAuditLog())
    checks = Withdrawals(world.suspended(), world.orders.numbers_of, none, world.catalog, world.pool, world.clock, **limits)
    return dict(checks.run())


def of_hospitals(house: hospital_house.House) -> dict[str, int]:
    orders = suspending.FakeOrders()
    free = PooledFreeNumbers(house.pool, house.catalog, orders.numbers_of, house.clock)
    suspended = SuspendedSchedules(house.catalog, orders.numbers, house.pool, free, suspending.FakeOffers(), orders, house.clock)
    return dict(Withdrawals(suspended, orders.numbers_of, house.store, house.catalog, house.pool, house.clock).run())


def test_orders_of_a_schedule_whose_suspension_was_never_heard_of_are_cancelled() -> None:
    world = suspending.World()
    world.pay(1)
    world.suspend()
    assert of_schedules(world) == {"suspendedOrders": 1, "unappliedLocks": 0, "outOfTime": 0, "remaining": 0}
    assert world.orders.orders["o1"].state is OrderState.CANCELLED
    assert world.states() == {NumberState.CLOSED}
    assert of_schedules(world)["suspendedOrders"] == 0


def test_numbers_of_a_suspended_schedule_that_nobody_has_are_withdrawn_too() -> None:
    world = suspending.World()
    world.suspend()
    assert of_schedules(world)["suspendedOrders"] == 0
    assert world.states() == {NumberState.CLOSED}


def test_schedules_that_are_over_or_not_suspended_are_left_alone() -> None:
    for lost in (replace(LOST, date=NOW.date() - timedelta(days=8), state=ScheduleState.SUSPENDED), LOST):
        world = suspending.World(lost)
        world.book(1)
        assert of_schedules(world)["suspendedOrders"] == 0
        assert world.orders.orders["o1"].state is OrderState.AWAITING_PAYMENT


def test_whom_a_late_suspension_met_as_missing_gets_the_money_back() -> None:
    world = suspending.World(replace(LOST, date=NOW.date()))
    order_id = world.pay(1)
    world.follow()  # the hospital expects the visit
    world.suspend()
    world.clock.advance(days=1)
    missed = change(world.orders, order_id, lambda order: order.mark_no_show(world.clock()))
    assert missed.is_no_show
    assert of_schedules(world)["suspendedOrders"] == 1
    world.follow()
    order = world.orders.orders[order_id]
    assert (order.cancelled_for, world.provider.refunded_fen(order_id)) == (Cause.SCHEDULE_SUSPENDED, order.visit.fee_fen)
    assert world.orders.ledger(order.holder.person).no_shows == ()


def test_one_schedule_that_cannot_be_ended_keeps_no_other_waiting() -> None:
    world = suspending.World()
    world.pay(1)
    world.suspend()
    broken = replace(LOST, hospital_schedule_id="0", schedule_id="0", state=ScheduleState.SUSPENDED)
    world.catalog.put_schedules([broken])
    numbers_of = world.orders.numbers_of

    def read(schedule_id: str) -> object:
        if schedule_id == "0":
            raise ValueError("not to be read")
        return numbers_of(schedule_id)

    world.orders.numbers_of = read  # type: ignore[assignment,method-assign]
    assert of_schedules(world) == {"suspendedOrders": 1, "unappliedLocks": 0, "outOfTime": 0, "remaining": 1}


def test_a_catalogue_that_cannot_be_read_is_a_figure() -> None:
    world = suspending.World()

    def down(*_: object) -> object:
        raise Unavailable("down")

    world.catalog.suspended_ids = down  # type: ignore[assignment,method-assign]
    assert of_schedules(world) == {"suspendedOrders": 0, "unappliedLocks": 0, "outOfTime": 0, "remaining": 1}


def test_a_run_ends_in_time_and_says_that_it_did_not_do_all() -> None:
    world = suspending.World()
    world.pay(1)
    world.suspend()
    assert of_schedules(world, time=timedelta()) == {"suspendedOrders": 1, "unappliedLocks": 0, "outOfTime": 1, "remaining": 0}


@pytest.mark.parametrize("locked", [False, True])
def test_a_lock_or_unlock_that_was_killed_before_the_catalogue_heard_of_it_is_felt(locked: bool) -> None:
    house = hospital_house.House()
    service = house.settings()
    service.lock(hospital_house.ACTOR, hospital_house.CODE, "setting ended")
    if not locked:
        service.unlock(hospital_house.ACTOR, hospital_house.CODE, "signed again")
    house.catalog.set_locked(hospital_house.CODE, not locked)
    assert house.is_bookable() is locked
    assert of_hospitals(house)["unappliedLocks"] == 1
    assert house.is_bookable() is not locked
    assert of_hospitals(house)["unappliedLocks"] == 0


def test_a_pool_that_sells_for_a_locked_hospital_is_forgotten() -> None:
    house = hospital_house.House()
    pooled = dict(house.pool.schedules)
    house.settings().lock(hospital_house.ACTOR, hospital_house.CODE, "setting ended")
    house.pool.schedules.update(pooled)
    house.pool.free.update({schedule_id: {1} for schedule_id in pooled})
    assert house.is_bookable()
    of_hospitals(house)
    assert not house.is_bookable()
