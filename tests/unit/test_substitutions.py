"""Substitutions (替诊): orders name the doctor who comes, patients are told once and may cancel, whatever dies on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from guahao.contracts.messages import NoticeKind, OrderNotice
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.calendar import calendar_of
from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.booking.substitutions import Substitute, substitute
from guahao.domain.booking.unpaid import unpaid_end
from guahao.domain.booking.visits import is_another
from guahao.domain.catalog.booking_rule import half_day_begins_at
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.errors import QuitDeadlinePassed, Unavailable
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.notices.lengths import parts
from guahao.domain.payment.payment import PaymentState
from guahao.domain.time import SHANGHAI
from tests.builders import NOW, VISIT, hospital
from tests.killing import Killer, deaths
from tests.substituting import SHARED, UNHEARD, World
from tests.suspending import schedule

STANDING = ["o1", "o2", "o3", "o4", "o5", "o6"]


def booked_world() -> World:
    world = World()
    world.book_in_every_state()
    world.sms.sent.clear()
    return world


def paid_world() -> World:
    world = World()
    world.pay(1)
    world.wait(minutes=1)
    world.sms.sent.clear()
    return world


def at(clock_time: time) -> datetime:
    return datetime.combine(VISIT, clock_time, SHANGHAI)


def doctors(world: World) -> dict[str, tuple[str, str]]:
    return {order_id: (order.visit.title, order.visit.doctor_name) for order_id, order in world.orders.orders.items()}


def test_every_order_that_stands_names_the_substitute_and_one_that_is_cancelled_the_doctor_of_then() -> None:
    world = booked_world()
    world.publish("林二", title="副主任医师")
    assert doctors(world) == dict.fromkeys(STANDING, ("副主任医师", "林二")) | {"o7": ("主任医师", "林一")}
    assert [(s.title, s.doctor_name, s.at) for s in world.order(3).substitutions] == [("主任医师", "林一", NOW)]


def test_calendar_and_reminder_show_the_substitute() -> None:
    world = paid_world()
    world.publish("林二", title="副主任医师")
    world.clock.now = at(time(18)) - timedelta(days=1)
    world.notices.send(OrderNotice(order_id="o1", kind=NoticeKind.REMINDER))
    assert "副主任医师林二" in world.told("就诊提醒")[0]
    assert "协和医院 心内科 副主任医师林二 1号" in calendar_of(world.order(), NOW).replace("\r\n ", "")


def test_each_patient_is_told_once_after_ten_minutes_by_an_sms_of_one_part() -> None:
    world = booked_world()
    world.publish("林二")
    world.wait(minutes=9, seconds=59)
    assert world.told() == []
    world.wait(minutes=30)
    # Of the others, the visit was missed or the order cancelled.
    assert sorted(phone for phone, text in world.sms.sent if "改由" in text) == [f"138000000{n:02}" for n in range(1, 6)]


def test_two_changes_within_ten_minutes_are_one_sms_of_the_last_doctor() -> None:
    world = paid_world()
    world.publish("林二")
    world.wait(minutes=6)
    world.publish("林三七", title="副主任医师")
    world.wait(hours=2)
    [text] = world.told()
    assert "改由副主任医师林三七出诊。03月05日08:00前可全额退号。" in text
    assert parts(text) == 1
    assert [s.doctor_name for s in world.order().substitutions] == ["林一"]


def test_a_change_after_the_ten_minutes_is_told_of_its_own() -> None:
    world = paid_world()
    world.publish("林二")
    world.wait(minutes=11)
    world.publish("林一")
    world.wait(minutes=11)
    assert ["林二" in text for text in world.told()] == [True, False]
    assert [s.doctor_name for s in world.order().substitutions] == ["林一", "林二"]


@pytest.mark.parametrize("between", [[], ["林三七"]])
def test_a_doctor_who_is_back_within_ten_minutes_changes_nothing_and_nobody_is_told(between: list[str]) -> None:
    world = booked_world()
    world.wait(seconds=1)
    world.sms.sent.clear()
    before = dict(world.orders.orders)
    for name in ("林二", *between):
        world.publish(name, title="副主任医师", fee_fen=3000)
        world.wait(minutes=7)
    world.publish("林一")
    assert {i: replace(o, version=0, payment=replace(o.payment, amount_fen=None)) for i, o in world.orders.orders.items()} == {
        i: replace(o, version=0) for i, o in before.items()
    }
    world.wait(minutes=5)
    assert (world.told(), [world.provider.refunded_fen(order_id) for order_id in ("o3", "o4", "o5", "o6")]) == ([], [0] * 4)


def test_back_to_a_substitute_of_before_leaves_that_one_told_and_its_rights() -> None:
    world = paid_world()
    world.publish("林二")
    world.wait(minutes=11)
    earlier = world.order()
    world.publish("林三七")
    world.publish("林二")
    world.wait(minutes=11)
    assert replace(world.order(), version=0) == replace(earlier, version=0)
    assert len(world.told()) == 1


def test_a_half_day_begins_as_its_hospital_says() -> None:
    rule = hospital().booking_rule
    afternoon = schedule("a", half_day=HalfDay.AFTERNOON)
    assert [half_day_begins_at(SHARED, rule), half_day_begins_at(afternoon, rule)] == [at(time(8)), at(time(13, 30))]
    later = replace(rule, afternoon_begins=time(14))
    assert [half_day_begins_at(SHARED, later), half_day_begins_at(afternoon, later)] == [at(time(8)), at(time(14))]


CHANGED_RULE = {"morning_begins": time(8, 30)}


@pytest.mark.parametrize(("rule", "begins"), [({}, time(8)), (CHANGED_RULE, time(8, 30))])
def test_whoever_has_a_substitute_may_cancel_with_a_full_refund_until_the_half_day_begins(rule: dict[str, Any], begins: time) -> None:
    world = paid_world()
    assert world.order().quit_until < at(time(7))
    usual = hospital()
    world.catalog.put_hospital(replace(usual, booking_rule=replace(usual.booking_rule, **rule)))
    world.publish("林二")
    assert world.order().quit_until == at(begins)
    with pytest.raises(QuitDeadlinePassed):
        world.order().cancel_by_user(at(begins))
    world.orders.move(world.order(), world.order().cancel_by_user(at(begins) - timedelta(seconds=1)))
    world.wait(minutes=1)
    assert (world.order().payment.state, world.provider.refunded_fen("o1")) == (PaymentState.REFUNDED, 5000)


def test_a_hold_that_ends_unpaid_after_a_substitution_counts_against_nobody() -> None:
    world = World()
    for n in (1, 2):
        world.book(n)
    world.publish("林二")
    for order in (world.order(1).cancel(Cause.CANCELLED_BY_USER, NOW), world.order(2).cancel(Cause.HOLD_EXPIRED, NOW)):
        assert unpaid_end(order) is None


def test_an_order_booked_with_the_former_doctor_meanwhile_follows_with_the_later_message() -> None:
    world = World()
    stale = world.booked_as_it_was(1)
    world.publish("林二")
    world.orders.place(stale, world.orders.ledger(stale.holder.person))
    assert world.order().visit.doctor_name == "林一"
    world.substituted().follow(SHARED.schedule_id)
    assert world.order().visit.doctor_name == "林二"


def test_killed_anywhere_it_ends_as_if_it_had_not_been() -> None:
    def outcome(world: World) -> object:
        world.wait(minutes=30)
        return doctors(world), sorted(world.told()), {i: world.provider.refunded_fen(i) for i in world.orders.orders}

    undisturbed = booked_world()
    undisturbed.publish("林二", fee_fen=3000)
    expected = outcome(undisturbed)
    world = World()

    def run(killer: Killer) -> None:
        nonlocal world
        world = booked_world()
        world.rename("林二", fee_fen=3000)
        world.substituted(killer).follow(SHARED.schedule_id)

    for _ in deaths(run):
        world.follow()
        for _ in range(2):
            world.substituted().follow(SHARED.schedule_id)
        assert outcome(world) == expected


def test_who_wrote_what_was_published_before_reads_again_what_is_published_now() -> None:
    world = paid_world()
    read: list[Schedule | None] = []
    find = world.catalog.schedule

    def schedule(schedule_id: str) -> Schedule | None:
        read.append(find(schedule_id))
        if len(read) == 1:
            world.rename("林三七")
        return read[-1]

    world.catalog.schedule = schedule  # type: ignore[method-assign]
    world.rename("林二")
    world.substituted().follow(SHARED.schedule_id)
    assert world.order().visit.doctor_name == "林三七"


def test_an_order_that_cannot_be_changed_now_keeps_nobody_else_waiting() -> None:
    world = booked_world()
    move, stuck = world.orders.move, True

    def move_unless_stuck(before: Order, after: Order, *others: Any) -> None:
        if stuck and before.order_id == "o1":
            raise Unavailable("stuck")
        move(before, after, *others)

    world.orders.move = move_unless_stuck  # type: ignore[method-assign]
    world.rename("林二")
    with pytest.raises(ExceptionGroup):
        world.substituted().follow(SHARED.schedule_id)
    assert {world.order(n).visit.doctor_name for n in (2, 3, 4, 5, 6)} == {"林二"}
    stuck = False
    world.substituted().follow(SHARED.schedule_id)
    assert world.order().visit.doctor_name == "林二"


@pytest.mark.parametrize("state", ["suspended", "removed"])
def test_a_schedule_that_will_not_be_held_has_no_substitute(state: str) -> None:
    world = paid_world()
    if state == "suspended":
        world.publish("林二", state=ScheduleState.SUSPENDED)
    else:
        world.catalog.remove_schedule(SHARED.schedule_id)
        world.substituted().follow(SHARED.schedule_id)
    assert world.order().visit.doctor_name == "林一"


@pytest.mark.parametrize(
    ("before", "after", "is_so"),
    [("林一", "林二", True), ("林一", "林 一", False), ("阿里·买买提", "阿里•买买提", False), ("", "林二", False), ("林一", "", False)],
)
def test_another_doctor_is_another_name_and_no_other_writing_of_it(before: str, after: str, is_so: bool) -> None:
    assert is_another(before, after) is is_so


@pytest.mark.parametrize("name", ["林二", "林一"])
def test_orders_go_on_naming_their_doctor_while_the_schedule_names_nobody_and_are_compared_with_whom_it_then_names(name: str) -> None:
    world = paid_world()
    before = world.order()
    world.publish("")
    world.wait(hours=1)
    assert world.order() is before
    world.publish(name, fee_fen=3000)
    world.wait(hours=1)
    is_another_doctor = name == "林二"
    assert (world.order().visit.doctor_name, len(world.told())) == (name, is_another_doctor)
    assert (world.order() is before) is not is_another_doctor
    assert world.provider.refunded_fen("o1") == (2000 if is_another_doctor else 0)


def test_an_order_that_names_nobody_takes_the_name_and_its_patient_gets_neither_sms_nor_rights_nor_another_fee() -> None:
    world = World()
    world.rename("")
    world.pay(1)
    before = world.order()
    world.publish("林二", title="副主任医师", fee_fen=3000)
    world.wait(hours=1)
    assert world.order().visit == replace(before.visit, doctor_name="林二", title="副主任医师")
    assert (world.told(), world.provider.refunded_fen("o1")) == ([], 0)
    world.publish("林三七")
    world.wait(hours=1)
    assert len(world.told()) == 1


def test_the_hospital_hears_of_the_order_as_it_was_registered() -> None:
    """It refuses a repeat with other content, and an amount that is not that of the registration."""
    world = World()
    world.open_payment(1)
    world.wait(seconds=1)
    world.publish("林二", fee_fen=3000)
    world.provider.pay("o1")
    world.payments.notified(*world.provider.notification("o1"))
    world.wait(minutes=30)
    assert (world.order().state, world.hospital.orders["o1"].knows) == (OrderState.PAID, HospitalKnows.PAID)


def test_a_substitution_is_written_in_one_version() -> None:
    order = paid_world().order()
    assert substitute(order, Substitute("林二", "", 0, NOW), NOW, UNHEARD).version == order.version + 1
