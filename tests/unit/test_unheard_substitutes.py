"""Substitutes of whom nobody has heard: what is told meanwhile, by SMS or to whoever looks, is still so if the doctor is back."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from guahao.contracts.messages import NoticeKind, OrderNotice
from guahao.contracts.queries import OrdersQuery
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.order_states import Cause
from guahao.domain.time import SHANGHAI
from guahao.usecases.booking.booking import Booking
from tests.builders import VISIT
from tests.substituting import World
from tests.unit.test_order_states import HOLD

FORMER, LATER = "03月04日15:00前可退", "03月05日08:00前可全额退号"


def paid_while_unheard() -> World:
    world = World()
    world.open_payment(1)
    world.publish("林二", title="副主任医师", fee_fen=0)
    world.provider.pay("o1")
    world.payments.notified(*world.provider.notification("o1"))
    return world


def shown(world: World) -> list[datetime]:
    """Return the deadline of the order as its user finds it in the list and alone."""
    policy = BookingPolicy()
    booking = Booking(world.orders, world.pool, world.orders.read_booker, lambda _: {}, world.orders.numbers_of, world.clock, policy, HOLD)
    return [booking.list("u1", OrdersQuery()).items[0].quit_until, booking.get("u1", "o1").quit_until]


@pytest.mark.parametrize("back", [True, False])
def test_a_payment_is_confirmed_with_the_deadline_that_stays_if_the_doctor_is_back(back: bool) -> None:
    world = paid_while_unheard()
    world.wait(minutes=2)
    [text] = world.told("预约成功")
    assert FORMER in text
    if back:
        world.publish("林一")
    world.wait(minutes=30)
    assert [LATER in text for text in world.told()] == ([] if back else [True])


def test_an_order_shows_the_later_deadline_only_when_it_can_no_longer_be_taken_back_and_grants_it_before() -> None:
    world = paid_while_unheard()
    former, later = (datetime.combine(*moment, SHANGHAI) for moment in ((VISIT - timedelta(days=1), time(15)), (VISIT, time(8))))
    assert shown(world) == [former] * 2
    world.order().cancel_by_user(later - timedelta(seconds=1))
    world.wait(minutes=11)
    assert shown(world) == [later] * 2


def test_a_payment_that_waits_for_its_hospital_is_told_as_one_also_if_an_unheard_substitute_is_free() -> None:
    world = paid_while_unheard()
    world.notices.send(OrderNotice(order_id="o1", kind=NoticeKind.PAID))
    assert len(world.told("已支付，待医院确认")) == 1


@pytest.mark.parametrize("kind", [NoticeKind.REMINDER, NoticeKind.CANCELLED])
def test_no_reminder_nor_suspension_names_a_substitute_who_may_be_taken_back(kind: NoticeKind) -> None:
    world = World()
    world.pay(1)
    world.wait(minutes=1)
    world.clock.now = datetime.combine(VISIT - timedelta(days=1), time(18), SHANGHAI)
    world.publish("林二", title="副主任医师")
    if kind is NoticeKind.CANCELLED:
        world.orders.orders["o1"] = world.order().cancel(Cause.SCHEDULE_SUSPENDED, world.clock())
    world.notices.send(OrderNotice(order_id="o1", kind=kind))
    [text] = world.told("停诊" if kind is NoticeKind.CANCELLED else "就诊提醒")
    assert "主任医师林一" in text
    assert "副主任医师" not in text
