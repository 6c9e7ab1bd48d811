"""The store of patients keeps its promises, in memory and in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from uuid import uuid4

import pytest

from guahao.adapters.dynamo.account_item import AccountItem
from guahao.adapters.dynamo.accounts import USER, DynamoAccounts, UserItem
from guahao.adapters.dynamo.patients import DynamoPatients, PatientItem, patient_key
from guahao.domain.accounts import User
from guahao.domain.certificates import CertificateType, Sex
from guahao.domain.errors import DuplicateCertificate
from guahao.domain.patients import Certificate, Contact, Patient
from guahao.ports.patients import PatientStore
from tests.fakes.patients import FakePatients

NOW = datetime(2026, 3, 2, 1, 0, 0, 123456, UTC)
PASSPORT = Certificate(CertificateType.PASSPORT, "sealed", "mark", "E******78")


@pytest.fixture(params=["fake", "dynamo"])
def patients(request: pytest.FixtureRequest) -> PatientStore:
    if request.param == "fake":
        return FakePatients()
    return DynamoPatients(request.getfixturevalue("aws")["ACCOUNTS_TABLE"])


def a_patient(user_id: str = "") -> Patient:
    return Patient(uuid4().hex, user_id or uuid4().hex, "王小明", PASSPORT, Sex.MALE, date(1990, 3, 7), "sealed", "139****0002", NOW)


def test_a_plain_patient_is_read_back_whole(patients: PatientStore) -> None:
    patient = a_patient()
    patients.add(patient)
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
        contact=Contact("李梅", certificate, "sealed", "139****0003"),
        card_number="A-1",
        insured=True,
    )
    patients.add(patient)
    assert patients.get(patient.user_id, patient.patient_id) == patient


def test_another_users_patient_is_as_good_as_none(patients: PatientStore) -> None:
    patient = a_patient()
    patients.add(patient)
    assert patients.get("other", patient.patient_id) is None
    assert list(patients.of_user("other")) == []


def test_a_patient_is_added_once(patients: PatientStore) -> None:
    patient = a_patient()

    def add(n: int) -> bool:
        try:
            patients.add(replace(patient, name=str(n)))
        except DuplicateCertificate:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 1


def test_patients_come_in_the_order_of_their_ids(patients: PatientStore) -> None:
    user_id = uuid4().hex
    added = [a_patient(user_id) for _ in range(5)]
    for patient in added:
        patients.add(patient)
    ordered = sorted(added, key=lambda patient: patient.patient_id)
    assert list(patients.of_user(user_id)) == ordered
    assert list(patients.of_user(user_id, ordered[1].patient_id)) == ordered[2:]
    assert list(patients.of_user(user_id, ordered[-1].patient_id)) == []


def test_the_user_is_not_among_the_patients(aws: dict[str, str]) -> None:
    patient = a_patient()
    DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(User(patient.user_id, "sealed", "138****0001", NOW))
    patients = DynamoPatients(aws["ACCOUNTS_TABLE"])
    patients.add(patient)
    assert list(patients.of_user(patient.user_id)) == [patient]


def test_user_and_patient_are_read_in_one_request(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    patient = a_patient()
    user = User(patient.user_id, "sealed", "138****0001", NOW)
    DynamoAccounts(aws["ACCOUNTS_TABLE"]).register(user)
    DynamoPatients(aws["ACCOUNTS_TABLE"]).add(patient)
    requests = count_requests()
    keys = [(user.user_id, USER), (user.user_id, patient_key(patient.patient_id)), (user.user_id, patient_key("missing"))]
    found = {type(item): item for item in AccountItem.batch_get(keys, consistent_read=True)}
    assert requests == ["BatchGetItem"]
    read_user, read_patient = found[UserItem], found[PatientItem]
    assert isinstance(read_user, UserItem)
    assert isinstance(read_patient, PatientItem)
    assert (read_user.to_domain(), read_patient.to_domain()) == (user, patient)


def test_a_page_is_one_request(aws: dict[str, str], count_requests: Callable[[], list[str]]) -> None:
    patients, user_id = DynamoPatients(aws["ACCOUNTS_TABLE"]), uuid4().hex
    for _ in range(5):
        patients.add(a_patient(user_id))
    requests = count_requests()
    assert len(list(islice(patients.of_user(user_id), 3))) == 3
    assert requests == ["Query"]
