"""What follows from each change of an order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.contracts.messages import NoticeKind
from guahao.domain.booking.order_states import Cause
from guahao.domain.payment.payment import Payment, PaymentState
from guahao.usecases.booking.order_changed import OrderChanges
from tests.builders import NOW, schedule
from tests.fakes.booking import FakePool
from tests.unit.paying import World


def test_each_change_of_an_order_is_followed_by_its_messages() -> None:
    world = World()
    follow = OrderChanges(world.outbox, FakePool(), world.clock).follow
    new = world.order
    follow(None, new)
    cancelled = replace(new, payment=Payment(PaymentState.OPEN)).cancel(Cause.CANCELLED_BY_USER, NOW)
    follow(new, cancelled)
    assert world.outbox.sent == [
        ("HoldEnd", "o1", 901),
        ("PartnerCall", "o1", 0),
        ("Count", "o1", 0),
        ("PartnerCall", "o1", 0),
        ("OrderNotice", "o1", NoticeKind.CANCELLED),
        ("Settlement", "o1", 0),
        ("Count", "o1", 0),
    ]


@pytest.mark.parametrize("down", [False, True])
def test_a_freed_number_is_offered_again_if_there_is_a_pool(down: bool) -> None:
    world, pool = World(), FakePool()
    pool.build(schedule(), [], 0)
    pool.down = down
    OrderChanges(world.outbox, pool, world.clock).follow(world.order, world.order.cancel(Cause.HOLD_EXPIRED, NOW))
    assert pool.free["s1"] == (set() if down else {1})
