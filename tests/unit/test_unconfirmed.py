"""Paid, never confirmed by the hospital: the order ends in time, its money goes back, its number is sold to nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time

import pytest

from guahao.contracts.confirmation_policy import ConfirmationPolicySetting
from guahao.domain.booking.bookable import HalfDay, ScheduleState
from guahao.domain.booking.confirmation import ConfirmationPolicy
from guahao.domain.booking.order_changes import Effect, effects
from guahao.domain.booking.order_states import Cause, NumberState, OrderState
from guahao.domain.booking.orders import Order, place
from guahao.domain.catalog.schedules import Schedule
from guahao.domain.hospitals.partner_calls import HospitalKnows, HospitalRecord
from guahao.domain.payment.payment import PaymentState
from guahao.domain.time import SHANGHAI
from guahao.domain.versions import VersionConflict
from tests.builders import NOW, VISIT, hospital, patient, schedule
from tests.functions import limits
from tests.killing import Killer, deaths
from tests.unit.reconciling import World
from tests.unit.test_order_states import HOLD

MORNING, AFTERNOON = "2026-03-05 12:00", "2026-03-05 17:30"
POLICY = ConfirmationPolicy()


def at(text: str) -> datetime:
    """Return that moment of Shanghai; the visit is on 2026-03-05."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def free_order(now: datetime) -> Order:
    return place(schedule(fee_fen=0), 1, order_id="o1", patient=patient(), now=now, hold=HOLD)


@pytest.mark.parametrize(
    ("paid", "half_day_ends", "ends"),
    [
        ("2026-03-02 09:00", MORNING, "2026-03-04 20:00"),  # on the eve
        ("2026-03-04 19:00", MORNING, "2026-03-04 20:00"),
        ("2026-03-04 19:30", MORNING, "2026-03-04 20:30"),  # an hour after the payment, which is later
        ("2026-03-05 08:00", MORNING, "2026-03-05 09:00"),
        ("2026-03-05 11:10", MORNING, "2026-03-05 11:45"),  # 15 minutes before the end
        ("2026-03-05 16:29", AFTERNOON, "2026-03-05 17:15"),
        ("2026-03-05 11:29", MORNING, "2026-03-05 11:45"),
        ("2026-03-05 11:40", MORNING, "2026-03-05 11:50"),  # ten minutes are the hospital's in any case
        ("2026-03-05 11:10", None, "2026-03-05 12:10"),
    ],
)
def test_a_hospital_may_confirm_until_the_eve_or_an_hour_after_payment_but_not_after_the_half_day(
    paid: str, half_day_ends: str | None, ends: str
) -> None:
    assert POLICY.ends_at(free_order(at(paid)), at(half_day_ends) if half_day_ends else None) == at(ends)


class SilentHospital(World):
    """A hospital that answers nothing, in a catalogue that has its schedule."""

    def __init__(self, now: str, ends_at: str | None = None, half_day: HalfDay = HalfDay.MORNING) -> None:
        super().__init__()
        self.clock.now = at(now)
        self.hospital.down = True
        self.catalog.put_hospital(hospital())
        own = {"title": "主任医师", "doctor_name": "林一", "skill": "", "fee_fen": 5000, "total": 1, "state": ScheduleState.OPEN}
        known = Schedule("s-o1", "10001", "h-s-o1", "0101", VISIT, half_day, **own)  # type: ignore[arg-type]
        self.catalog.put_schedules([replace(known, ends_at=at(ends_at) if ends_at else None)])

    def cancels_at(self, now: str) -> bool:
        self.clock.now = at(now)
        return self.run().get("cancelledUnconfirmed", 0) == 1


def test_an_order_that_is_never_confirmed_is_cancelled_on_the_eve_and_refunded() -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    assert not world.cancels_at("2026-03-04 19:59")
    assert world.order().state is OrderState.PAID
    assert world.cancels_at("2026-03-04 20:00")
    assert (world.order().state, world.order().payment.state) == (OrderState.CANCELLED, PaymentState.REFUNDING)
    assert world.order().cancelled_for is Cause.HOSPITAL_SILENT
    assert not world.orders.ledger(world.order().holder.person).bookings
    assert not world.cancels_at("2026-03-04 20:05")
    assert world.order().payment.state is PaymentState.REFUNDED


@pytest.mark.parametrize(("minutes", "figures"), [(30, {}), (31, {"unconfirmedOrders": 1})])
def test_an_order_that_waits_for_more_than_half_an_hour_is_counted_until_its_hospital_answers(
    minutes: int, figures: dict[str, int]
) -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    world.clock.advance(minutes=minutes)
    assert world.run() == {"remaining": 1} | figures
    world.hospital.down = False
    assert world.run() == {"partnerCalls": 1}


def test_what_is_cancelled_is_not_counted_as_waiting() -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    world.clock.now = at("2026-03-04 20:00")
    assert world.run() == {"remaining": 1, "cancelledUnconfirmed": 1}


def test_the_end_of_the_half_day_is_that_of_the_catalogue() -> None:
    evening = SilentHospital("2026-03-05 17:00", "2026-03-05 20:30", HalfDay.AFTERNOON)
    evening.pay()
    assert not evening.cancels_at("2026-03-05 17:59")
    assert evening.cancels_at("2026-03-05 18:00")
    morning = SilentHospital("2026-03-05 11:20")
    morning.pay()
    assert not morning.cancels_at("2026-03-05 11:44")
    assert morning.cancels_at("2026-03-05 11:45")


def test_the_catalogue_is_asked_only_where_the_half_day_may_end_first() -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    world.clock.now = at("2026-03-04 19:59")
    unconfirmed, asked = world.reconciliation().unconfirmed, world.catalog.requests
    assert not unconfirmed.cancel_overdue(world.order())
    assert world.catalog.requests == asked


def test_a_hospital_that_answers_at_the_last_moment_keeps_the_order() -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    world.hospital.down = False
    assert not world.cancels_at("2026-03-04 20:00")
    assert (world.order().state, world.order().hospital_knows) == (OrderState.PAID, HospitalKnows.PAID)


def test_a_confirmation_that_comes_while_the_order_is_cancelled_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    stale = world.order()
    write = world.orders.move

    def confirmed_first(before: Order, after: Order, *rest: object) -> None:
        monkeypatch.setattr(world.orders, "move", write)
        write(before, before.with_record(HospitalRecord("r1", NOW, "一楼")))
        raise VersionConflict

    monkeypatch.setattr(world.orders, "move", confirmed_first)
    world.clock.now = at("2026-03-04 20:00")
    assert not world.reconciliation().unconfirmed.cancel_overdue(stale)
    assert world.order().state is OrderState.PAID


def test_a_hospital_that_answers_afterwards_is_told_the_cancellation() -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    world.hospital.down, world.hospital.loses_answers = False, True
    assert world.cancels_at("2026-03-04 20:00")
    assert world.hospital.orders["o1"].knows is HospitalKnows.BOOKED
    world.hospital.loses_answers = False
    assert world.order().hospital_is_behind
    assert not world.cancels_at("2026-03-04 20:05")
    assert world.hospital.orders["o1"].knows is HospitalKnows.CANCELLED
    assert world.order().state is OrderState.CANCELLED


def test_the_number_of_an_unconfirmed_order_is_sold_to_nobody_else_and_the_patient_is_told() -> None:
    world = SilentHospital("2026-03-02 09:00")
    world.pay()
    paid = world.order()
    assert world.cancels_at("2026-03-04 20:00")
    assert [number.state for number in world.orders.numbers_of("s-o1")] == [NumberState.CLOSED]
    assert effects(paid, world.order()) == [Effect.NOTIFY_HOSPITAL, Effect.NOTIFY_CANCELLED, Effect.SETTLE, Effect.COUNT]


def test_a_run_killed_anywhere_cancels_and_refunds_once_in_the_end() -> None:
    worlds: list[World] = []

    def run(killer: Killer) -> None:
        worlds.append(SilentHospital("2026-03-02 09:00"))
        worlds[-1].pay()
        worlds[-1].clock.now = at("2026-03-04 20:00")
        worlds[-1].run(killer=killer)

    for _ in deaths(run):
        for _ in range(2):
            worlds[-1].run()
            worlds[-1].clock.advance(minutes=5)
        order = worlds[-1].order()
        assert (order.cancelled_for, order.payment.state) == (Cause.HOSPITAL_SILENT, PaymentState.REFUNDED)
        assert [step.cause for step in order.timeline].count(Cause.HOSPITAL_SILENT) == 1
        assert worlds[-1].provider.refunded_fen("o1") == 5000


USUAL = json.loads(limits()["CONFIRMATION_POLICY"])


def read(policy: object) -> ConfirmationPolicy:
    return ConfirmationPolicySetting.model_validate_json(json.dumps(policy)).policy()


def test_every_number_of_the_policy_is_configuration() -> None:
    assert read(USUAL) == POLICY
    told = {"eveTime": "18:30", "minutes": 90, "minutesBeforeEnd": 20, "leastMinutes": 5, "longMinutes": 45}
    assert read(told) == ConfirmationPolicy(time(18, 30), 90, 20, 5, 45)
    with pytest.raises(ValueError, match="minutes"):
        read(told | {"minutes": "soon"})
