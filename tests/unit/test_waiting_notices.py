"""What is paid and not confirmed by the hospital is told as that, and the confirmation follows when it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from guahao.contracts.messages import NoticeKind
from guahao.domain.booking.order_changes import Effect, effects
from guahao.domain.booking.orders import Order, place
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.usecases.booking.order_changed import OrderChanges
from tests.builders import AT_VISIT, NOW, patient, schedule
from tests.fakes.booking import FakePool
from tests.fakes.outbox import FakeOutbox
from tests.unit.noticing import World
from tests.unit.test_order_states import HOLD

RECORD = HospitalRecord("r1", AT_VISIT, "门诊楼一层1号窗")


def unconfirmed(world: World) -> Order:
    return replace(world.orders.orders["o1"], record=None)


def free_order() -> Order:
    return place(schedule(fee_fen=0), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)


def test_what_is_paid_and_unconfirmed_is_told_as_waiting_for_the_hospital() -> None:
    world = World()
    world.set(unconfirmed(world))
    text = world.text()
    for part in ("已支付，待医院确认", "林三", "03月05日上午", "协和医院心内科", "7号"):
        assert part in text
    assert "预约成功" not in text


def test_what_costs_nothing_is_not_told_as_paid() -> None:
    world = World()
    world.set(free_order())
    assert "已提交，待医院确认" in world.text()


def test_the_confirmation_follows_when_the_hospital_has_answered_and_each_is_told_once() -> None:
    world = World()
    confirmed = world.orders.orders["o1"]
    world.set(unconfirmed(world))
    for _ in range(2):
        world.send()
        world.clock.advance(minutes=1)
    world.set(confirmed)
    for _ in range(2):
        world.send()
        world.clock.advance(minutes=1)
    texts = [text for _, text in world.sms.sent]
    assert ["待医院确认" in text for text in texts] == [True, False]
    assert "预约成功" in texts[1]
    assert "门诊楼一层1号窗" in texts[1]


def test_a_hospital_that_answered_before_the_notice_is_sent_is_told_as_usual_alone() -> None:
    world = World()
    for _ in range(2):
        world.send()
        world.clock.advance(minutes=1)
    assert ["预约成功" in text for _, text in world.sms.sent] == [True]


def test_a_record_that_comes_after_the_payment_is_followed_by_the_confirmation() -> None:
    paid = unconfirmed(World())
    assert effects(paid, paid.with_record(RECORD)) == [Effect.NOTIFY_PAID]
    came = paid.check_in(AT_VISIT)
    assert effects(came, came.with_record(RECORD)) == [Effect.NOTIFY_PAID]


def test_a_record_before_the_payment_or_after_the_end_is_followed_by_none() -> None:
    unpaid = place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    assert effects(unpaid, unpaid.with_record(RECORD)) == []
    ended = unconfirmed(World()).cancel_unconfirmed(NOW)
    assert effects(ended, ended.with_record(RECORD)) == []


@pytest.mark.parametrize(("record", "delays"), [(None, [60]), (RECORD, [0])])
def test_a_hospital_has_a_minute_before_its_patient_hears_that_it_has_not_answered(
    record: HospitalRecord | None, delays: list[int]
) -> None:
    class Delays(FakeOutbox):
        def send(self, message: object, delay_seconds: int = 0) -> None:
            if getattr(message, "kind", None) is NoticeKind.PAID:
                found.append(delay_seconds)

    found: list[int] = []
    paid = replace(unconfirmed(World()), record=record)
    unpaid = place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
    OrderChanges(Delays(), FakePool(), lambda: NOW).follow(unpaid, paid)
    assert found == delays


def test_nobody_is_reminded_of_a_visit_that_the_hospital_does_not_expect() -> None:
    world = World()
    confirmed = world.orders.orders["o1"]
    world.clock.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    world.set(unconfirmed(world))
    world.send(NoticeKind.REMINDER)
    assert world.sms.sent == []
    world.set(confirmed)
    world.send(NoticeKind.REMINDER)
    assert len(world.sms.sent) == 1
