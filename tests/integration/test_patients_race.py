"""Many requests of one user at once, through the use cases and the real store of record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.accounts import UserItem
from guahao.adapters.dynamo.bookers import DynamoBookers
from guahao.adapters.dynamo.numbers import DynamoNumbers
from guahao.adapters.dynamo.orders import DynamoOrders
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.contracts.queries import PatientQuery
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.errors import DomainError
from guahao.domain.people.certificates import CertificateType
from guahao.domain.people.patients import PatientPolicy
from guahao.runtime.correlation import trace
from guahao.usecases.booking.booking import Booking
from guahao.usecases.people.patients import Patients
from tests.builders import NOW, schedule, user
from tests.fakes.booking import FakePool
from tests.fakes.clock import FakeClock
from tests.fakes.vault import FakeVault

ROUNDS = 12


def told(number: int) -> dict[str, Any]:
    plain = {"name": "王小明", "certificate_type": CertificateType.PASSPORT, "certificate_number": f"E{number:08}", "sex": "male"}
    return {**plain, "issuing_state": "SGP", "birth_date": date(1990, 3, 7), "phone": "13900000002"}


@pytest.fixture
def patients(aws: dict[str, str]) -> Patients:
    return Patients(DynamoPatients(aws["ACCOUNTS_TABLE"]), FakeVault(), FakeClock(NOW), PatientPolicy(), BookingPolicy(), lambda codes: ())


def at_once(*calls: Callable[[], object]) -> Counter[str]:
    """Make the calls at once and count the kinds of their refusals; a call that was served counts as "done"."""

    def outcome(call: Callable[[], object]) -> str:
        try:
            call()
        except DomainError as refusal:
            return refusal.kind
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(outcome, calls))


def test_fifteen_registrations_at_once_make_ten_patients(patients: Patients) -> None:
    owner = uuid4().hex
    outcomes = at_once(*(lambda n=n: patients.create(owner, told(n)) for n in range(15)))  # type: ignore[misc]
    assert outcomes == {"done": 10, "patient-cap": 5}
    stored = patients.find(owner, PatientQuery(limit=100)).items
    assert len(stored) == 10
    assert set(patients.patients.roster(owner).patients) == {patient.patient_id for patient in stored}


def test_registrations_of_one_certificate_at_once_make_one_patient(patients: Patients) -> None:
    owner = uuid4().hex
    outcomes = at_once(*[lambda: patients.create(owner, told(1))] * 8)
    assert outcomes == {"done": 1, "duplicate-certificate": 7}
    assert len(patients.find(owner, PatientQuery(limit=100)).items) == 1


def test_changes_to_one_certificate_at_once_make_one_person(patients: Patients) -> None:
    owner = uuid4().hex
    ids = [patients.create(owner, told(n)).patient_id for n in range(4)]
    outcomes = at_once(
        *(lambda i=i: patients.change(owner, i, told(99)) for i in ids),  # type: ignore[misc]
        lambda: patients.create(owner, told(99)),
    )
    assert outcomes == {"done": 1, "duplicate-certificate": 4}
    people = [patient.person for patient in patients.find(owner, PatientQuery(limit=100)).items]
    assert len(set(people)) == len(people)
    for patient in patients.find(owner, PatientQuery(limit=100)).items:
        assert patients.patients.ledger(patient.person).knows(patient)


def test_of_a_removal_and_a_booking_at_once_one_is_refused(patients: Patients, aws: dict[str, str]) -> None:
    orders = DynamoOrders(aws["ORDERS_TABLE"], aws["NUMBERS_TABLE"], aws["ACCOUNTS_TABLE"], trace)
    numbers, pool, code = DynamoNumbers(aws["NUMBERS_TABLE"]), FakePool(), uuid4().hex
    numbers.fit(code, ROUNDS)
    pool.down = True
    service = Booking(
        orders,
        pool,
        DynamoBookers(aws["ACCOUNTS_TABLE"]).read,
        lambda ids: {i: schedule(i, total=ROUNDS) for i in ids},
        numbers.of,
        FakeClock(NOW),
        BookingPolicy(),
        timedelta(minutes=15),
    )
    for n in range(ROUNDS):
        owner = uuid4().hex
        UserItem.from_domain(user(owner)).save()
        patient = patients.create(owner, told(1000 + n))
        outcomes = at_once(
            lambda: service.book(owner, patient.patient_id, code, "k"),  # noqa: B023 - called before the next round
            lambda: patients.remove(owner, patient.patient_id),  # noqa: B023
        )
        there = patients.find(owner, PatientQuery(limit=1)).items
        booked = [b.order_id for b in patients.patients.ledger(patient.person).bookings]
        assert outcomes in ({"done": 1, "patient-has-bookings": 1}, {"done": 1, "not-found": 1})
        assert (there, len(booked)) == (([patient], 1) if "patient-has-bookings" in outcomes else ([], 0))
