"""A person's ledger and a newborn come back from every store as they were written."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from guahao.adapters.dynamo.order_item import OrderItem
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.domain.booking.ledger import Booked, Ledger, NoShow
from guahao.domain.booking.orders import place
from guahao.domain.booking.unpaid import UnpaidEnd
from guahao.domain.people.certificates import Certificate, CertificateType
from guahao.domain.people.patients import Contact, Patient
from guahao.ports.people.patients import PatientStore
from guahao.runtime.correlation import trace
from tests.builders import schedule
from tests.contract.test_patients_store import NOW, PASSPORT, POLICY, a_patient, add
from tests.contract.test_patients_store import patients as patients


def a_newborn() -> Patient:
    """Return a patient who has no certificate, with a guardian."""
    plain = a_patient()
    none = Certificate(CertificateType.NONE, "", plain.person, "")
    return replace(plain, certificate=none, contact=Contact("李梅", PASSPORT, "sealed", "139****0003", date(1985, 6, 6)))


def test_a_ledger_keeps_all_that_it_knows(patients: PatientStore) -> None:
    patient = a_patient()
    full = Ledger(
        patient.person,
        {patient.user_id: patient.patient_id},
        bookings=(Booked("o1", patient.patient_id, date(2026, 3, 5), "10001", "0101"),),
        no_shows=(NoShow("o2", date(2026, 2, 1), date(2026, 2, 2)), NoShow("o3", date(2026, 1, 1), date(2026, 1, 2), pardoned=True)),
        unpaid_ends=(UnpaidEnd("o4", patient.user_id, NOW),),
        proven_by=patient.user_id,
    ).verified_as(patient.name)
    plain = Ledger("")
    assert [field.name for field in fields(Ledger) if getattr(full, field.name) == getattr(plain, field.name)] == ["version"]
    patients.add(patient, patients.roster(patient.user_id).add(patient.patient_id, POLICY), full)
    stored = patients.ledger(patient.person)
    assert replace(stored, version=0) == full
    assert patients.ledgers([patient.person]) == {patient.person: stored}


def test_a_newborn_is_read_back_whole_with_the_guardian(patients: PatientStore) -> None:
    newborn = a_newborn()
    add(patients, newborn)
    assert patients.get(newborn.user_id, newborn.patient_id) == newborn
    assert patients.ledger(newborn.person).knows(newborn)


@pytest.mark.parametrize("patient", [a_newborn(), a_patient()])
def test_an_order_keeps_whose_certificate_it_carries(patient: Patient, aws: dict[str, str]) -> None:
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    order = place(schedule(), 1, order_id=patient.patient_id, patient=patient, now=NOW, hold=timedelta(minutes=15))
    OrderItem.from_domain(order, "").save()
    assert orders.get(order.order_id) == order
    assert order.holder.certificate_of == ("guardian" if patient.is_newborn else "patient")
