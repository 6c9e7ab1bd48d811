"""The store of patients keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.accounts import DynamoAccounts
from guahao.adapters.dynamo.ledgers import LedgerItem
from guahao.adapters.dynamo.patients import DynamoPatients
from guahao.domain.booking.ledger import Ledger, NoShow
from guahao.domain.people.accounts import User
from guahao.domain.people.certificates import Certificate, CertificateType, Sex
from guahao.domain.people.patients import Contact, Patient, PatientPolicy
from guahao.domain.people.roster import Roster
from guahao.domain.versions import VersionConflict
from guahao.ports.people.patients import PatientStore
from tests.fakes.patients import FakePatients

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)
POLICY = PatientPolicy()
PASSPORT = Certificate(CertificateType.PASSPORT, "sealed", "mark", "E******78", "SGP")


@pytest.fixture(params=["fake", "dynamo"])
def patients(request: pytest.FixtureRequest) -> PatientStore:
    if request.param == "fake":
        return FakePatients()
    return DynamoPatients(request.getfixturevalue("aws")["ACCOUNTS_TABLE"])


def a_patient(user_id: str = "") -> Patient:
    """Return a patient who is nobody else."""
    passport = replace(PASSPORT, fingerprint=uuid4().hex)
    return Patient(
        uuid4().hex, user_id or uuid4().hex, "王小明", passport, Sex.MALE, date(1990, 3, 7), "sealed", "mark", "139****0002", NOW
    )


def add(patients: PatientStore, patient: Patient) -> None:
    """Store the patient on what is there now."""
    roster, ledger = patients.roster(patient.user_id), patients.ledger(patient.person)
    patients.add(patient, roster.add(patient.patient_id, POLICY), ledger.register(patient))


def remove(patients: PatientStore, patient: Patient) -> None:
    roster, ledger = patients.roster(patient.user_id), patients.ledger(patient.person)
    patients.remove(patient, roster.remove(patient.patient_id), ledger.leave(patient, NOW.date()))


def of_nobody_else(patients: PatientStore, patient: Patient) -> bool:
    """Tell whether the person's ledger is stored, empty of bookings, for this patient alone."""
    found = patients.ledger(patient.person)
    return found.version > 0 and found == Ledger(patient.person, {patient.user_id: patient.patient_id}, (), found.version)


def changed(patient: Patient, **details: Any) -> Patient:
    return replace(patient, version=patient.version + 1, **details)


def test_a_plain_patient_is_read_back_whole(patients: PatientStore) -> None:
    patient = a_patient()
    add(patients, patient)
    assert patients.get(patient.user_id, patient.patient_id) == patient


@pytest.mark.parametrize("certificate", [PASSPORT, None])
def test_a_full_patient_is_read_back_whole(patients: PatientStore, certificate: Certificate | None) -> None:
    patient = replace(
        a_patient(),
        married=True,
        province_code="110000",
        city_code="110100",
        district_code="110101",
        address="东城区示例街1号",
        contact=Contact("李梅", certificate, "sealed", "139****0003", date(1985, 6, 6)),
        card_number="A-1",
        insured=True,
    )
    add(patients, patient)
    assert patients.get(patient.user_id, patient.patient_id) == patient


def test_another_users_patient_is_as_good_as_none(patients: PatientStore) -> None:
    patient = a_patient()
    add(patients, patient)
    assert patients.get("other", patient.patient_id) is None
    assert list(patients.of_user("other")) == []


def test_roster_and_ledger_know_the_patient(patients: PatientStore) -> None:
    assert patients.roster("nobody") == Roster("nobody")
    assert patients.ledger("nobody") == Ledger("nobody")
    patient = a_patient()
    sibling = a_patient(patient.user_id)
    add(patients, patient)
    add(patients, sibling)
    assert patients.roster(patient.user_id) == Roster(patient.user_id, (patient.patient_id, sibling.patient_id), 2)
    assert of_nobody_else(patients, patient)


def test_a_change_is_written_over_the_version_it_came_from(patients: PatientStore) -> None:
    patient = a_patient()
    add(patients, patient)
    after = changed(patient, name="王大明")
    patients.change(patient, after, [])
    with pytest.raises(VersionConflict):
        patients.change(patient, changed(patient, name="王中明"), [])
    assert patients.get(patient.user_id, patient.patient_id) == after


def test_another_certificate_moves_the_patient_to_another_ledger(patients: PatientStore) -> None:
    patient, certificate = a_patient(), replace(PASSPORT, fingerprint=uuid4().hex)
    add(patients, patient)
    after = changed(patient, certificate=certificate)
    left, entered = patients.ledger(patient.person).leave(patient, NOW.date()), patients.ledger(after.person).register(after)
    patients.change(patient, after, [left, entered])
    assert patients.get(patient.user_id, patient.patient_id) == after
    assert patients.ledger(patient.person) == Ledger(patient.person)
    assert of_nobody_else(patients, after)


def test_a_removed_patient_is_gone_from_everywhere(patients: PatientStore) -> None:
    patient = a_patient()
    add(patients, patient)
    remove(patients, patient)
    assert patients.get(patient.user_id, patient.patient_id) is None
    assert list(patients.of_user(patient.user_id)) == []
    assert patients.roster(patient.user_id) == Roster(patient.user_id, (), 2)
    assert patients.ledger(patient.person) == Ledger(patient.person)
    with pytest.raises(VersionConflict):
        remove(patients, patient)


def test_a_person_who_is_still_another_accounts_keeps_the_ledger(patients: PatientStore) -> None:
    patient = a_patient()
    other = replace(patient, user_id=uuid4().hex)
    for one in (patient, other):
        add(patients, one)
    remove(patients, patient)
    assert of_nobody_else(patients, other)


def test_missed_visits_stay_with_a_person_who_is_nobodys_patient(patients: PatientStore) -> None:
    patient = a_patient()
    add(patients, patient)
    no_shows = (NoShow("o1", date(2026, 3, 1), date(2026, 3, 2)), NoShow("o2", date(2026, 2, 1), date(2026, 2, 2), pardoned=True))
    left = replace(patients.ledger(patient.person).leave(patient, NOW.date()), no_shows=no_shows)
    patients.remove(patient, patients.roster(patient.user_id).remove(patient.patient_id), left)
    assert patients.ledger(patient.person).no_shows == no_shows


def test_the_ledgers_of_many_are_read_at_once(patients: PatientStore) -> None:
    one, other = a_patient(), a_patient()
    for patient in (one, other):
        add(patients, patient)
    persons = [one.person, other.person, "nobody", one.person]
    assert patients.ledgers(persons) == {person: patients.ledger(person) for person in persons}
    assert patients.ledgers([]) == {}


def test_a_ledger_written_anew_never_passes_for_the_one_before(patients: PatientStore) -> None:
    patient = a_patient()
    other = replace(a_patient(), certificate=patient.certificate)
    add(patients, patient)
    roster, ledger = patients.roster(other.user_id), patients.ledger(patient.person)
    back = replace(a_patient(patient.user_id), certificate=patient.certificate)
    for go in (lambda: remove(patients, patient), lambda: add(patients, back)):
        go()
        with pytest.raises(VersionConflict):
            patients.add(other, roster.add(other.patient_id, POLICY), ledger.register(other))
    assert of_nobody_else(patients, back)


@pytest.mark.parametrize("stale", ["roster", "ledger", "patient"])
def test_what_was_decided_on_something_stale_is_not_written_at_all(patients: PatientStore, stale: str) -> None:
    patient = a_patient()
    add(patients, patient)
    roster, ledger = patients.roster(patient.user_id), patients.ledger(patient.person)
    if stale == "roster":
        add(patients, a_patient(patient.user_id))
    elif stale == "ledger":
        add(patients, replace(patient, user_id=uuid4().hex))
    else:
        patients.change(patient, changed(patient, name="王大明"), [])
    before = patients.get(patient.user_id, patient.patient_id), patients.roster(patient.user_id), patients.ledger(patient.person)
    with pytest.raises(VersionConflict):
        patients.remove(patient, roster.remove(patient.patient_id), ledger.leave(patient, NOW.date()))
    after = patients.get(patient.user_id, patient.patient_id), patients.roster(patient.user_id), patients.ledger(patient.person)
    assert after == before


def test_patients_come_in_the_order_of_their_ids(patients: PatientStore) -> None:
    user_id = uuid4().hex
    added = [a_patient(user_id) for _ in range(5)]
    for patient in added:
        add(patients, patient)
    ordered = sorted(added, key=lambda patient: patient.patient_id)
    assert list(patients.of_user(user_id)) == ordered
    assert list(patients.of_user(user_id, ordered[1].patient_id)) == ordered[2:]
    assert list(patients.of_user(user_id, ordered[-1].patient_id)) == []


def test_the_user_is_not_among_the_patients(aws: dict[str, str]) -> None:
    patient = a_patient()
    DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(User(patient.user_id, "sealed", "138****0001", NOW))
    patients = DynamoPatients(aws["ACCOUNTS_TABLE"])
    add(patients, patient)
    assert list(patients.of_user(patient.user_id)) == [patient]


def test_a_page_is_one_request(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    patients, user_id = DynamoPatients(aws["ACCOUNTS_TABLE"]), uuid4().hex
    for _ in range(5):
        add(patients, a_patient(user_id))
    requests = count_requests()
    assert len(list(islice(patients.of_user(user_id), 3))) == 3
    assert requests == ["Query"]


def test_the_ledgers_of_a_page_are_one_request(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    patients, added = DynamoPatients(aws["ACCOUNTS_TABLE"]), [a_patient() for _ in range(5)]
    for patient in added:
        add(patients, patient)
    requests = count_requests()
    assert len(patients.ledgers([patient.person for patient in added])) == 5
    assert patients.ledgers([]) == {}
    assert requests == ["BatchGetItem"]


def test_a_ledger_from_before_missed_visits_were_noted_has_none(aws: dict[str, str]) -> None:
    patients, patient = DynamoPatients(aws["ACCOUNTS_TABLE"]), a_patient()
    add(patients, patient)
    LedgerItem(f"person#{patient.person}", "ledger").update(actions=[LedgerItem.no_shows.remove()])
    assert patients.ledger(patient.person).no_shows == ()
