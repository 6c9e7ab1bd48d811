"""A missed visit is proven by the hospital's list, or by its silence where it reported attendance of enough others."""

from __future__ import annotations

from typing import Any

import pytest

from guahao.domain.booking.no_shows import silence_is_proof
from guahao.domain.booking.order_states import OrderState
from guahao.domain.errors import NotFound, OrderStateConflict
from tests.builders import AT_VISIT, altered
from tests.unit.test_no_shows import TONIGHT, World, paid_order


@pytest.mark.parametrize(
    ("states", "percent", "is_proof"),
    [
        ({OrderState.PAID: 1}, 50, False),
        ({OrderState.PAID: 3, OrderState.CHECKED_IN: 2}, 50, False),
        ({OrderState.PAID: 3, OrderState.CHECKED_IN: 3}, 50, True),
        ({OrderState.PAID: 1, OrderState.NO_SHOW: 3, OrderState.CHECKED_IN: 3}, 50, False),
        ({OrderState.PAID: 1, OrderState.NO_SHOW: 2, OrderState.CHECKED_IN: 3}, 50, True),
        # Nobody expects these to come.
        ({OrderState.PAID: 1, OrderState.CHECKED_IN: 1, OrderState.CANCELLED: 5, OrderState.AWAITING_PAYMENT: 5}, 50, True),
        ({OrderState.PAID: 1, OrderState.CHECKED_IN: 3}, 80, False),
        ({OrderState.PAID: 1, OrderState.CHECKED_IN: 4}, 80, True),
    ],
)
def test_silence_about_one_is_proof_where_attendance_of_enough_of_the_live_orders_was_reported(
    states: dict[OrderState, int], percent: int, is_proof: bool
) -> None:
    assert silence_is_proof([state for state, n in states.items() for _ in range(n)], percent) is is_proof


def test_nobody_misses_a_visit_at_a_hospital_that_reports_nobody_until_it_reports_half_of_them() -> None:
    world = World(visits=0)
    world.sell(*(paid_order(f"o{n}", number=n) for n in range(1, 4)))
    for _ in range(2):
        assert world.no_shows.mark_no_show("o1").state is OrderState.PAID
        assert (world.orders.writes, world.ledger.no_shows) == (0, ())
    world.attendance.check_in("10001", "o2")
    assert world.no_shows.mark_no_show("o1").state is OrderState.PAID
    world.attendance.check_in("10001", "o3")
    assert world.checks(world.orders, percent=67).mark_no_show("o1").state is OrderState.PAID
    assert world.no_shows.mark_no_show("o1").state is OrderState.NO_SHOW


def test_whom_the_hospital_lists_missed_the_visit_once_whatever_it_reports_of_others() -> None:
    world = World(visits=0)
    came, unknown = paid_order("came", number=3).check_in(AT_VISIT), paid_order("unknown", number=4, record=None)
    world.sell(paid_order("o1"), paid_order("o2", number=2), paid_order("o5", number=5), came, unknown)
    own_id = came.visit.hospital_schedule_id
    for _ in range(2):
        orders = world.attendance.list_no_shows("10001", own_id, ["o1", "came", "unknown", "o2"])
        assert [order.state.value for order in orders] == ["noShow", "checkedIn", "paid", "noShow"]
        assert [missed.order_id for missed in world.ledger.no_shows] == ["o1", "o2"]
    assert world.orders.orders["o5"].state is OrderState.PAID
    world.attendance.check_in("10001", "o2")
    assert [missed.order_id for missed in world.ledger.no_shows] == ["o1"]
    # What the hospital has taken back, a repeated list does not say again.
    assert world.attendance.list_no_shows("10001", own_id, ["o2"])[0].state is OrderState.CHECKED_IN


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"hospital_code": "10002"}, NotFound),
        ({"hospital_schedule_id": "another"}, NotFound),
        ({"order_id": "another"}, NotFound),
        ({"date": TONIGHT}, OrderStateConflict),
    ],
    ids=["another hospital's", "of another schedule", "no order", "not over"],
)
def test_a_list_with_an_order_that_is_not_in_the_schedule_or_not_over_notes_nobody(
    changes: dict[str, Any], refusal: type[Exception]
) -> None:
    world = World(visits=0)
    good, wrong = paid_order("o1"), altered(paid_order("o2", number=2), **changes)
    world.sell(good, wrong)
    with pytest.raises(refusal):
        world.attendance.list_no_shows("10001", good.visit.hospital_schedule_id, ["o1", "o2"])
    assert world.orders.writes == 0
