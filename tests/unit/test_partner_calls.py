"""Telling hospitals: whatever was lost, repeated or late, the hospital ends up knowing what is so."""

from __future__ import annotations

import pytest

from guahao.domain.booking.order_states import Cause, OrderState
from guahao.domain.booking.orders import Order, place
from guahao.domain.errors import HospitalUnreachable
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.domain.hospitals.partner_calls import HospitalKnows
from guahao.domain.payment.payment import Trade, TradeState
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from tests.builders import NOW, altered, patient, schedule
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.partners import FakePartnerSystem
from tests.fakes.vault import FakeVault
from tests.unit.test_order_states import HOLD


class FakeSettings:
    def __init__(self) -> None:
        self.settings = {"10001": HospitalAccess("10001", "https://hospital.example", "key")}

    def get(self, hospital_code: str) -> HospitalAccess | None:
        return self.settings.get(hospital_code)


class World:
    def __init__(self) -> None:
        self.orders, self.settings, self.hospital = FakeOrders(), FakeSettings(), FakePartnerSystem()
        self.orders.add_numbers("s1", 1)
        self.calls = PartnerCalls(self.orders, self.settings, self.hospital, FakeVault(), FakeClock(NOW))

    def place(self, order_id: str = "o1") -> Order:
        order = place(schedule(), 1, order_id=order_id, patient=patient(), now=NOW, hold=HOLD)
        self.orders.place(order, self.orders.ledger(order.holder.person))
        return order

    def pay(self, order_id: str = "o1") -> None:
        order = self.orders.orders[order_id]
        paid = order.open_payment(NOW).pay(Trade(order_id, TradeState.PAID, 5000, "t1", NOW), NOW)
        self.orders.orders[order_id] = paid

    def cancel(self, order_id: str = "o1") -> None:
        order = self.orders.orders[order_id]
        self.orders.move(order, order.cancel(Cause.CANCELLED_BY_USER, NOW), self.orders.ledger(order.holder.person))

    def order(self, order_id: str = "o1") -> Order:
        return self.orders.orders[order_id]


def test_a_booking_is_registered_and_the_answer_noted() -> None:
    world = World()
    world.place()
    world.calls.notify_hospital("o1")
    assert world.order().record == world.hospital.orders["o1"].record
    assert world.order().hospital_knows is HospitalKnows.BOOKED


def test_the_hospital_hears_of_the_person_that_the_order_remembers() -> None:
    world = World()
    world.place()
    world.calls.notify_hospital("o1")
    told, somebody, vault = world.hospital.orders["o1"].registration, patient(), FakeVault()
    assert (told.patient_name, told.certificate_type) == (somebody.name, somebody.certificate.type.value)
    assert told.certificate_number == vault.open(somebody.certificate.sealed_number)
    assert told.patient_phone == vault.open(somebody.sealed_phone)


def test_the_hospital_hears_which_state_issued_a_passport() -> None:
    """A passport is number and issuing state (ICAO 9303)."""
    world = World()
    world.orders.orders["o1"] = altered(world.place(), certificate_type="passport", issuing_state="SGP")
    world.calls.notify_hospital("o1")
    assert world.hospital.orders["o1"].registration.issuing_state == "SGP"


def test_telling_again_calls_nobody() -> None:
    world = World()
    world.place()
    for _ in range(3):
        world.calls.notify_hospital("o1")
    assert world.hospital.orders["o1"].calls == 1


def test_a_payment_is_told_even_when_the_booking_never_was() -> None:
    world = World()
    world.place()
    world.pay()
    world.calls.notify_hospital("o1")
    assert world.hospital.orders["o1"].knows is HospitalKnows.PAID
    assert world.order().hospital_knows is HospitalKnows.PAID


def test_a_cancellation_is_told() -> None:
    world = World()
    world.place()
    world.calls.notify_hospital("o1")
    world.cancel()
    world.calls.notify_hospital("o1")
    assert world.hospital.orders["o1"].knows is HospitalKnows.CANCELLED


def test_an_answer_that_was_lost_leaves_one_record_at_the_hospital() -> None:
    world = World()
    world.place()
    world.hospital.loses_answers = True
    with pytest.raises(HospitalUnreachable):
        world.calls.notify_hospital("o1")
    assert world.order().record is None
    world.cancel()
    world.hospital.loses_answers = False
    world.calls.notify_hospital("o1")
    assert world.hospital.orders["o1"].knows is HospitalKnows.CANCELLED
    assert len(world.hospital.orders) == 1


@pytest.mark.parametrize("missing", ["answer", "setting"])
def test_what_cannot_be_told_now_is_tried_again(missing: str) -> None:
    world = World()
    world.place()
    if missing == "answer":
        world.hospital.down = True
    else:
        world.settings.settings.clear()
    with pytest.raises(HospitalUnreachable):
        world.calls.notify_hospital("o1")
    assert world.order().state is OrderState.AWAITING_PAYMENT


def test_a_hospital_that_refuses_cancels_the_order_and_is_not_asked_again() -> None:
    world = World()
    world.place()
    world.hospital.refuses = True
    world.calls.notify_hospital("o1")
    assert world.order().timeline[-1].cause is Cause.HOSPITAL_REFUSED
    world.hospital.refuses = False
    world.calls.notify_hospital("o1")
    assert world.hospital.orders == {}


def test_a_number_sold_again_is_registered_though_its_first_cancellation_was_not_told_yet() -> None:
    world = World()
    world.place("o1")
    world.calls.notify_hospital("o1")
    world.cancel("o1")
    world.place("o2")
    world.calls.notify_hospital("o2")
    assert world.hospital.orders["o1"].knows is HospitalKnows.CANCELLED
    assert world.hospital.orders["o2"].knows is HospitalKnows.BOOKED
    assert world.order("o2").state is OrderState.AWAITING_PAYMENT


def test_a_cancelled_order_that_the_hospital_refuses_is_asked_about_once() -> None:
    world = World()
    world.place()
    world.cancel()
    world.hospital.refuses = True
    world.calls.notify_hospital("o1")
    assert world.orders.former_owners(world.order()) == ["o1"]
    assert world.hospital.orders == {}
    assert not world.order().outstanding


def test_a_number_sold_twice_more_is_registered_though_the_hospital_heard_of_no_cancellation() -> None:
    world = World()
    world.place("o1")
    world.calls.notify_hospital("o1")
    for order_id in ("o1", "o2"):
        world.cancel(order_id)
        world.place(f"o{int(order_id[1]) + 1}")
    world.calls.notify_hospital("o3")
    assert {order_id: order.knows for order_id, order in world.hospital.orders.items()} == {
        "o1": HospitalKnows.CANCELLED,
        "o3": HospitalKnows.BOOKED,
    }
    assert world.order("o3").state is OrderState.AWAITING_PAYMENT


def test_a_row_of_former_owners_ends() -> None:
    world = World()
    for order_id in ("o1", "o2", "o3"):
        world.place(order_id)
        world.cancel(order_id)
    world.place("o4")
    world.hospital.refuses = True
    world.calls.notify_hospital("o4")
    assert world.order("o4").timeline[-1].cause is Cause.HOSPITAL_REFUSED
