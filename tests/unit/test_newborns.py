"""A newborn without a number is registered, and booked for, by the guardian's certificate and a birth date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.booking.orders import Order, place
from guahao.domain.errors import CertificateMissing, DuplicateCertificate
from guahao.domain.people.certificates import CertificateType
from guahao.domain.people.patients import Patient
from guahao.usecases.hospitals.partner_calls import PartnerCalls
from tests.builders import NOW, VISIT, citizen, schedule
from tests.fakes.booking import FakeOrders
from tests.unit.registering import GUARDIAN, TODAY, World, passport
from tests.unit.test_patients_and_bookings import World as BookingWorld

BORN = TODAY - timedelta(days=3)
NEWBORN: dict[str, Any] = {
    "name": "李梅之子",
    "certificate_type": "none",
    "certificate_number": "",
    "birth_date": BORN,
    "contact": GUARDIAN,
}
FATHER = GUARDIAN | {"name": "王大明", "certificate_number": citizen("11010119840505003")}
OWN = {"name": "王小小", "certificate_type": "householdRegister", "certificate_number": citizen(f"110101{BORN:%Y%m%d}001")}


def booked(patient: Patient) -> Order:
    return place(schedule(), 1, order_id="o1", patient=patient, now=NOW, hold=timedelta(minutes=15))


def test_a_newborn_is_registered_without_a_certificate() -> None:
    newborn = World().register(**NEWBORN)
    assert (newborn.certificate.type, newborn.certificate.masked_number) == (CertificateType.NONE, "")
    assert newborn.person


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"contact": None}, ["contact"]),
        ({"contact": {"name": "李梅", "phone": "13900000003", "birth_date": date(1985, 6, 6)}}, ["contact.certificateType"]),
        ({"contact": GUARDIAN | {"certificate_number": citizen("11010120080303001")}}, ["contact.birthDate"]),
        ({"certificate_number": "E12345678"}, ["certificateNumber"]),
        ({"issuing_state": "SGP"}, ["issuingState"]),
        ({"birth_date": TODAY - timedelta(days=91)}, ["certificateType"]),
        ({"birth_date": date(1990, 3, 7)}, ["certificateType"]),
        ({"birth_date": TODAY + timedelta(days=1)}, ["birthDate"]),
    ],
)
def test_a_newborn_has_a_guardian_with_a_certificate_and_few_days(changes: dict[str, Any], wrong: list[str]) -> None:
    assert World().faults(**NEWBORN | changes) == wrong


def test_until_which_age_a_child_needs_no_certificate_is_policy() -> None:
    assert World().register(**NEWBORN | {"birth_date": TODAY - timedelta(days=90)})


def test_twins_differ_by_their_names_and_nobody_is_registered_twice() -> None:
    world = World()
    one, other = world.register(**NEWBORN | {"name": "李梅之大子"}), world.register(**NEWBORN | {"name": "李梅之小子"})
    assert one.person != other.person
    with pytest.raises(DuplicateCertificate, match="guardian, birth date and name"):
        world.register(**NEWBORN | {"name": "李 梅之大子"})
    assert world.register(**NEWBORN | {"name": "李梅之大子", "birth_date": BORN - timedelta(days=1)})


def test_a_newborn_of_two_accounts_is_one_person_under_one_guardian_and_two_under_two() -> None:
    """Nothing tells that a mother's child and a father's child are one, until the certificate is added."""
    world = World()
    of_mother = world.register("u1", **NEWBORN)
    assert world.register("u2", **NEWBORN).person == of_mother.person
    of_father = world.register("u2", **NEWBORN | {"contact": FATHER})
    assert of_father.person != of_mother.person
    told = world.told(**NEWBORN | OWN)
    persons = {world.patients.change(p.user_id, p.patient_id, told).person for p in (of_mother, of_father)}
    assert len(persons) == 1


def test_with_the_certificate_the_newborn_becomes_its_person() -> None:
    world = World()
    newborn = world.register(**NEWBORN)
    known = world.register("u2", **NEWBORN | OWN)
    after = world.patients.change("u1", newborn.patient_id, world.told(**NEWBORN | OWN))
    assert after.person == known.person
    assert set(world.ledgers) == {known.person}
    assert not after.is_newborn


def test_the_order_of_a_newborn_carries_the_guardians_certificate_and_says_so() -> None:
    world = World()
    newborn = world.register(**NEWBORN)
    order = booked(newborn)
    assert order.holder.person == newborn.person
    assert (order.holder.name, order.holder.certificate_of) == ("李梅之子", "guardian")
    told = PartnerCalls(FakeOrders(), {}.get, None, world.vault, world.clock)._registration(order)  # type: ignore[arg-type]
    shown = (told.certificate_of, told.certificate_type, told.certificate_number, told.patient_name)
    assert shown == ("guardian", "idCard", GUARDIAN["certificate_number"], "李梅之子")


def test_whoever_has_a_certificate_goes_by_it_also_with_a_guardian() -> None:
    child = World().register(**NEWBORN | OWN)
    holder = booked(child).holder
    assert (holder.certificate_of, holder.sealed_certificate_number) == ("patient", child.certificate.sealed_number)


@pytest.mark.parametrize(("days", "passes"), [(90, True), (91, False)])
def test_a_child_who_will_be_older_on_the_day_of_the_visit_needs_a_certificate_first(days: int, passes: bool) -> None:
    world = BookingWorld()
    contact = GUARDIAN | {"certificate_type": CertificateType.ID_CARD}
    told = {**NEWBORN, "sex": "male", "phone": "13900000002", "contact": contact, "birth_date": VISIT - timedelta(days=days)}
    newborn = world.patients.create("u1", told)
    if passes:
        assert world.book(newborn).holder.certificate_of == "guardian"
        return
    with pytest.raises(CertificateMissing, match="Add its type and number to the patient") as refusal:
        world.book(newborn)
    assert refusal.value.rule == f"newbornDays@{BookingPolicy().version}"
    world.patients.change("u1", newborn.patient_id, told | passport())
    assert world.book(newborn, key="k2").holder.certificate_of == "patient"
