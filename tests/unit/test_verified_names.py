"""Whose name a verified certificate goes by, and who may be a child's guardian."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from guahao.domain.booking.ledger import BookingPolicy, Ledger
from guahao.domain.booking.orders import place
from guahao.domain.errors import NameDiffers
from tests.builders import NOW, citizen, patient, schedule
from tests.unit.registering import GUARDIAN, NUMBER, TODAY, World, passport

CHILD = {"certificate_number": citizen("11010120160306001"), "birth_date": date(2016, 3, 6), "name": "王小小"}


@pytest.mark.parametrize("user_id", ["u1", "u2"])
def test_a_verified_certificate_is_nobodys_under_another_name(user_id: str) -> None:
    world = World()
    world.submit("u1")
    assert world.register("u2", name="李四")  # nothing is proven yet
    world.patients.remove("u2", next(iter(world.store.patients))[1])
    world.decide(True, "u1")
    with pytest.raises(NameDiffers) as refusal:
        world.register(user_id, name="李四")
    assert "王" not in refusal.value.detail
    assert world.register(user_id, name="王小明")


@pytest.mark.parametrize("name", ["买买提·艾力", "買買提•艾力", "买买提 艾力", "买买提艾力"])
def test_a_verified_name_may_be_written_in_every_way(name: str) -> None:
    world = World()
    world.submit(name="买买提·艾力")
    world.decide(True)
    assert world.register(name=name).name == name


def test_a_patient_of_a_verified_certificate_is_not_renamed() -> None:
    world = World()
    registered = world.register()
    world.submit()
    world.decide(True)
    with pytest.raises(NameDiffers):
        world.patients.change("u1", registered.patient_id, world.told(name="李四"))
    assert world.patients.change("u1", registered.patient_id, world.told(phone="13900000009")).name == "王小明"


def test_no_visit_is_booked_under_another_name_than_was_verified_since() -> None:
    order = place(schedule(), 1, order_id="o1", patient=patient(), now=NOW, hold=timedelta(minutes=15))
    ledger = Ledger(order.holder.person)
    assert ledger.verified_as(order.holder.name).add(order, BookingPolicy(), TODAY)
    with pytest.raises(NameDiffers):
        ledger.verified_as("李四").add(order, BookingPolicy(), TODAY)


def test_a_rejected_identity_proves_no_name_and_a_later_one_moves_it() -> None:
    world = World()
    world.submit(name="李四")
    world.decide(False)
    assert world.register(name="王小明")
    [person] = world.ledgers
    assert world.ledgers[person].verified_name == ""
    world.submit(name="王小明")
    world.decide(True)
    renamed = world.ledgers[person].verified_as("王晓明")
    renamed.require_name("王晓明")
    with pytest.raises(NameDiffers):
        renamed.require_name("王小明")


@pytest.mark.parametrize(
    ("guardian", "wrong"),
    [
        ({}, []),
        ({"certificate_type": None, "certificate_number": "", "birth_date": date(1985, 6, 6)}, []),
        (passport() | {"birth_date": date(2008, 3, 2)}, []),
        (passport(), ["contact.birthDate"]),
        ({"certificate_type": None, "certificate_number": ""}, ["contact.birthDate"]),
        (passport() | {"birth_date": date(2008, 3, 3)}, ["contact.birthDate"]),
        ({"certificate_number": citizen("11010120080303001")}, ["contact.birthDate"]),
        ({"birth_date": date(1985, 6, 7)}, ["contact.birthDate"]),
        (passport() | {"birth_date": date(2026, 3, 3)}, ["contact.birthDate"]),
        ({"certificate_number": CHILD["certificate_number"]}, ["contact.certificateNumber"]),
        ({"certificate_type": "householdRegister", "certificate_number": CHILD["certificate_number"]}, ["contact.certificateNumber"]),
    ],
)
def test_a_guardian_is_another_person_of_18_by_the_number_or_by_a_birth_date(guardian: dict[str, Any], wrong: list[str]) -> None:
    world, contact = World(), GUARDIAN | guardian
    if wrong:
        assert world.faults(**CHILD, contact=contact) == wrong
    else:
        assert world.register(**CHILD, contact=contact).contact


def test_an_adults_contact_need_not_be_of_age() -> None:
    assert World().register(certificate_number=NUMBER, contact={"name": "李梅", "phone": "13900000003"}).contact
