"""Patients and bookings meet in the ledgers of persons: caps hold for a person, and no order is one of a patient who is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from infra.functions import apis

from guahao.contracts.queries import PatientQuery
from guahao.domain.booking.bookable import BookableSchedule
from guahao.domain.booking.ledger import BookingPolicy, NoShow
from guahao.domain.booking.order_states import OrderState
from guahao.domain.booking.orders import Order
from guahao.domain.errors import BookingBanned, BookingCapReached, DuplicateBooking, NotFound, PatientHasBookings
from guahao.domain.people.certificates import CertificateType
from guahao.domain.people.patients import Patient, PatientPolicy
from guahao.domain.time import midnight
from guahao.usecases.booking.booking import Booking
from guahao.usecases.people.patients import Patients
from tests.builders import NOW, VISIT, schedule, user
from tests.fakes.booking import FakeOrders, FakePool
from tests.fakes.clock import FakeClock
from tests.fakes.patients import FakePatients
from tests.fakes.vault import FakeVault

A, B = "E00000001", "E00000002"


def told(number: str = A, name: str = "王小明") -> dict[str, Any]:
    plain = {
        "name": name,
        "certificate_type": CertificateType.PASSPORT,
        "certificate_number": number,
        "sex": "male",
        "issuing_state": "SGP",
    }
    return {**plain, "birth_date": date(1990, 3, 7), "phone": "13900000002"}


class World:
    """Two users, who book over the same stores, and schedules s1 to s9 of as many departments on the day of the visit."""

    def __init__(self) -> None:
        self.orders, self.clock = FakeOrders(), FakeClock(NOW)
        self.schedules: dict[str, BookableSchedule] = {f"s{n}": schedule(f"s{n}", department_code=f"0{n}") for n in range(1, 10)}
        for schedule_id in self.schedules:
            self.orders.add_numbers(schedule_id, 3)
        for user_id in ("u1", "u2"):
            self.orders.users[user_id] = user(user_id)
        store = FakePatients(self.orders.patients, self.orders.ledgers)
        self.patients = Patients(store, FakeVault(), self.clock, PatientPolicy(), BookingPolicy(), lambda codes: ())
        self.booking = Booking(
            self.orders,
            FakePool(),
            self.orders.read_booker,
            lambda ids: {i: self.schedules[i] for i in ids},
            self.orders.numbers_of,
            self.clock,
            BookingPolicy(),
            timedelta(minutes=15),
        )

    def patient(self, user_id: str = "u1", number: str = A) -> Patient:
        return self.patients.create(user_id, told(number))

    def book(self, patient: Patient, schedule_id: str = "s1", key: str = "k1") -> Order:
        return self.booking.book(patient.user_id, patient.patient_id, schedule_id, key)

    def before_the_next(self, method: str, act: Callable[[], object]) -> None:
        """Have somebody act just before the store of orders is asked the next time."""
        plain = getattr(self.orders, method)

        def disturbed(*arguments: Any) -> Any:
            setattr(self.orders, method, plain)
            act()
            return plain(*arguments)

        setattr(self.orders, method, disturbed)


@pytest.fixture
def world() -> World:
    return World()


def test_the_caps_hold_for_a_person_in_however_many_accounts(world: World) -> None:
    mine, theirs = world.patient("u1"), world.patient("u2")
    world.book(mine, "s1")
    with pytest.raises(DuplicateBooking):
        world.book(mine, "s1", "k2")
    with pytest.raises(BookingCapReached):
        world.book(theirs, "s1")
    world.book(theirs, "s2")
    for patient in (mine, theirs):
        with pytest.raises(BookingCapReached):
            world.book(patient, "s3", "k3")
    assert world.book(world.patient("u2", B), "s1", "k2")


def test_removing_and_registering_a_person_again_does_not_clear_the_caps(world: World) -> None:
    theirs = world.patient("u2")
    world.book(theirs, "s1")
    mine = world.patient("u1")
    world.patients.remove("u1", mine.patient_id)
    with pytest.raises(BookingCapReached):
        world.book(world.patient("u1"), "s1")


@pytest.mark.parametrize("act", ["remove", "become another person"])
def test_who_has_a_visit_to_come_is_neither_removed_nor_made_another_person(world: World, act: str) -> None:
    patient = world.patient()
    order = world.book(patient)

    def do() -> object:
        if act == "remove":
            return world.patients.remove("u1", patient.patient_id)
        return world.patients.change("u1", patient.patient_id, told(B))

    for day in (VISIT - timedelta(days=1), VISIT):
        world.clock.now = datetime(day.year, day.month, day.day, 15, 59, tzinfo=UTC)
        with pytest.raises(PatientHasBookings) as refusal:
            do()
        assert refusal.value.retry_at == datetime(2026, 3, 5, 16, tzinfo=UTC)
    assert world.patients.get("u1", patient.patient_id) == patient
    world.booking.cancel("u1", order.order_id)
    do()


def test_a_visit_that_is_over_holds_nobody(world: World) -> None:
    patient = world.patient()
    world.book(patient)
    world.clock.now = datetime(2026, 3, 5, 16, tzinfo=UTC)
    world.patients.remove("u1", patient.patient_id)
    assert world.patients.find("u1", PatientQuery()).items == []


def test_other_details_change_while_a_visit_is_to_come(world: World) -> None:
    patient = world.patient()
    order = world.book(patient)
    assert world.patients.change("u1", patient.patient_id, told(name="王大明")).name == "王大明"
    assert world.booking.get("u1", order.order_id).holder.name == "王小明"


def test_the_bookings_of_another_account_hold_nobody(world: World) -> None:
    mine, theirs = world.patient("u1"), world.patient("u2")
    world.book(theirs)
    world.patients.change("u1", mine.patient_id, told(B))
    world.patients.remove("u1", mine.patient_id)
    assert world.patients.get("u2", theirs.patient_id) == theirs


def test_cancelling_frees_the_ledger_that_the_order_was_booked_in(world: World) -> None:
    patient = world.patient()
    order = world.book(patient)
    world.clock.now = datetime(2026, 3, 5, 16, tzinfo=UTC)
    world.patients.change("u1", patient.patient_id, told(B))
    assert world.booking.cancel("u1", order.order_id).state is OrderState.CANCELLED
    assert world.orders.ledger(patient.person).bookings == ()


@pytest.mark.parametrize("moment", ["ledger", "place"])
def test_a_booking_that_meets_a_removal_is_refused(world: World, moment: str) -> None:
    patient = world.patient()
    world.before_the_next(moment, lambda: world.patients.remove("u1", patient.patient_id))
    with pytest.raises(NotFound):
        world.book(patient)
    assert world.orders.orders == {}


@pytest.mark.parametrize("moment", ["ledger", "place"])
def test_a_booking_that_meets_a_change_of_the_certificate_counts_for_the_new_person(world: World, moment: str) -> None:
    patient = world.patient()
    world.before_the_next(moment, lambda: world.patients.change("u1", patient.patient_id, told(B)))
    order = world.book(patient)
    assert order.holder.person == world.patients.get("u1", patient.patient_id).person != patient.person
    assert world.orders.ledger(patient.person).bookings == ()
    assert [booked.order_id for booked in world.orders.ledger(order.holder.person).bookings] == [order.order_id]


def test_a_removal_that_meets_a_booking_is_refused(world: World) -> None:
    patient, store = world.patient(), world.patients.patients
    plain = store.roster

    def disturbed(user_id: str) -> Any:
        store.roster = plain  # type: ignore[method-assign]
        world.book(patient)
        return plain(user_id)

    store.roster = disturbed  # type: ignore[method-assign]
    with pytest.raises(PatientHasBookings):
        world.patients.remove("u1", patient.patient_id)
    assert world.patients.get("u1", patient.patient_id) == patient


@pytest.mark.parametrize("moment", ["ledger", "place"])
def test_a_patient_who_came_back_is_another_who_is_not_booked_for_under_the_former_id(world: World, moment: str) -> None:
    patient = world.patient()

    def leave_and_come_back() -> None:
        world.patients.remove("u1", patient.patient_id)
        world.patient()

    world.before_the_next(moment, leave_and_come_back)
    with pytest.raises(NotFound):
        world.book(patient)
    assert world.orders.orders == {}


def test_who_missed_too_many_visits_is_suspended_in_every_account_and_shown_so_whatever_is_removed(world: World) -> None:
    theirs = world.patient("u2")
    days = [NOW.date() - timedelta(days=n) for n in (1, 2, 3)]
    missed = tuple(NoShow(str(day), day, NOW.date()) for day in days)
    world.orders.ledgers[theirs.person] = replace(world.orders.ledger(theirs.person), no_shows=missed)
    world.patients.remove("u2", theirs.patient_id)
    mine, other = world.patient(), world.patient("u1", B)
    until = midnight(NOW.date() + timedelta(days=90))
    assert mine.booking_banned_until == world.patients.get("u1", mine.patient_id).booking_banned_until == until
    shown = world.patients.find("u1", PatientQuery()).items
    assert {patient.patient_id: patient.booking_banned_until for patient in shown} == {mine.patient_id: until, other.patient_id: None}
    assert world.patients.change("u1", mine.patient_id, told(name="王大明")).booking_banned_until == until
    with pytest.raises(BookingBanned):
        world.book(mine)
    assert world.book(other, key="k2")
    world.clock.now = until
    assert world.patients.get("u1", mine.patient_id).booking_banned_until is None


def test_nobody_is_told_by_which_mark_a_person_is_recognised(world: World) -> None:
    order = world.book(world.patient())
    answers = [route.answer for route in apis()["booking"].routes if route.answer and "timeline" in route.answer.model_fields]
    texts = [answer.model_validate(order).model_dump_json() for answer in answers] + [world.booking.calendar("u1", order.order_id)]
    assert len(texts) > 1
    for secret in (order.holder.person, order.holder.sealed_certificate_number, order.holder.sealed_phone):
        assert not [text for text in texts if secret in text]
