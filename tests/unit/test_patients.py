from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guahao.domain.certificates import CertificateType, Sex, check_digit, identifying_text, mask_number, number_faults
from guahao.domain.errors import DuplicateCertificate, Invalid, NotFound
from guahao.domain.patients import age
from guahao.usecases.patients import Patients
from tests.fakes.clock import FakeClock
from tests.fakes.patients import FakePatients
from tests.fakes.vault import FakeVault

OWNER = "owner"


def citizen(first_17_digits: str) -> str:
    return first_17_digits + check_digit(first_17_digits)


def told(**changes: Any) -> dict[str, Any]:
    """Return what a user tells of a valid patient, with changes."""
    number = citizen("11010119900307001")
    plain = {"name": "王小明", "certificate_type": "idCard", "certificate_number": number, "sex": "male"}
    return {**plain, "birth_date": date(1990, 3, 7), "phone": "13900000002", **changes}


@pytest.fixture
def patients() -> Patients:
    return Patients(FakePatients(), FakeVault(), FakeClock())


def faults(patients: Patients, **changes: Any) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        patients.create(OWNER, told(**changes))
    assert patients.find(OWNER, "", 1, None).items == []
    return [fault["field"] for fault in refusal.value.errors]


def test_a_patient_is_stored_sealed_and_shown_masked(patients: Patients) -> None:
    patient = patients.create(OWNER, told())
    assert patients.get(OWNER, patient.patient_id) == patient
    assert patient.certificate.masked_number == "110***********0011"
    assert patient.masked_phone == "139****0002"
    assert patients.vault.open(patient.certificate.sealed_number) == told()["certificate_number"]
    assert told()["certificate_number"] not in repr(patient)
    assert "13900000002" not in repr(patient)


def test_a_known_number_is_genuine() -> None:
    # The example of the standard GB 11643.
    assert number_faults(CertificateType.ID_CARD, "11010519491231002X", "n") == []


@pytest.mark.parametrize(
    "number",
    [
        "110101199003070012",  # check digit
        citizen("99010119900307001"),  # region
        citizen("11010119901307001"),  # month 13
        citizen("11010119900230001"),  # 30 February
        "11010119900307001",
        "11010119900307001１",
        "A10101199003070011",
    ],
)
def test_a_citizen_number_with_a_fault_is_refused(patients: Patients, number: str) -> None:
    assert faults(patients, certificate_number=number) == ["certificateNumber"]
    assert faults(patients, certificate_type="householdRegister", certificate_number=number) == ["certificateNumber"]


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_single_mistyped_digit_is_found(position: int, shift: int) -> None:
    number = citizen("11010119900307001")
    mistyped = number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1 :]
    assert number_faults(CertificateType.ID_CARD, mistyped, "n")


def test_the_birth_date_must_be_that_of_the_number(patients: Patients) -> None:
    assert faults(patients, birth_date=date(1990, 3, 8)) == ["birthDate"]
    assert faults(patients, birth_date=date(1990, 3, 8), phone="1") == ["birthDate", "phone"]


def test_a_birth_date_lies_in_a_lifetime(patients: Patients) -> None:
    passport = {"certificate_type": "passport", "certificate_number": "E12345678"}
    today = date(2026, 3, 2)
    assert faults(patients, **passport, birth_date=date(2026, 3, 3)) == ["birthDate"]
    assert faults(patients, **passport, birth_date=date(1895, 3, 1)) == ["birthDate"]
    assert patients.create(OWNER, told(**passport, birth_date=today)).birth_date == today


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("passport", "E12345678", "ABCDEF"),
        ("passport", "ab1234567", "E1234567890"),
        ("hkMacaoPermit", "H12345678", "C12345678"),
        ("hkMacaoPermit", "M1234567801", "H1234567"),
        ("taiwanPermit", "12345678", "T2345678"),
    ],
)
def test_other_certificates_have_their_shape(patients: Patients, kind: str, right: str, wrong: str) -> None:
    assert faults(patients, certificate_type=kind, certificate_number=wrong) == ["certificateNumber"]
    assert patients.create(OWNER, told(certificate_type=kind, certificate_number=right)).certificate.type == kind


def test_a_contact_may_lack_a_certificate_but_not_half_of_it(patients: Patients) -> None:
    contact = {"name": "李梅", "phone": "13900000003"}
    assert faults(patients, contact={**contact, "phone": "3"}) == ["contact.phone"]
    assert faults(patients, contact={**contact, "certificate_number": "E12345678"}) == ["contact.certificateType"]
    assert faults(patients, contact={**contact, "certificate_type": "idCard"}) == ["contact.certificateNumber"]
    number = citizen("11010119650101002")
    patient = patients.create(OWNER, told(contact={**contact, "certificate_type": "idCard", "certificate_number": number}))
    assert patient.contact
    assert patient.contact.certificate
    assert patients.vault.open(patient.contact.certificate.sealed_number) == number


def test_a_certificate_is_in_an_account_once(patients: Patients) -> None:
    number = told()["certificate_number"]
    patients.create(OWNER, told())
    for again in (
        told(),
        told(name="王大明", certificate_number=f" {number[:6]} {number[6:]} "),
        told(certificate_type="householdRegister"),
    ):
        with pytest.raises(DuplicateCertificate):
            patients.create(OWNER, again)
    assert len(patients.find(OWNER, "", 20, None).items) == 1


def test_two_accounts_may_hold_the_same_person(patients: Patients) -> None:
    one, other = patients.create(OWNER, told()), patients.create("other", told())
    assert one.patient_id != other.patient_id


def test_another_users_patient_is_not_there(patients: Patients) -> None:
    patient = patients.create(OWNER, told())
    with pytest.raises(NotFound):
        patients.get("other", patient.patient_id)
    assert patients.find("other", "", 20, None).items == []


def test_q_matches_any_part_of_the_name(patients: Patients) -> None:
    for n, name in enumerate(("王小明", "李小红", "Anna Wang")):
        patients.create(OWNER, told(name=name, certificate_type="passport", certificate_number=f"E1234567{n}"))
    assert {p.name for p in patients.find(OWNER, "小", 20, None).items} == {"王小明", "李小红"}
    assert {p.name for p in patients.find(OWNER, "wang", 20, None).items} == {"Anna Wang"}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_hold_every_patient_once(patients: Patients, limit: int) -> None:
    created = {patients.create(OWNER, told(certificate_type="passport", certificate_number=f"E1234567{n}")).patient_id for n in range(5)}
    seen, cursor = [], None
    while True:
        page = patients.find(OWNER, "", limit, cursor)
        seen += [patient.patient_id for patient in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == created


def test_masks_never_show_more_than_seven_signs() -> None:
    assert mask_number("11010519491231002X") == "110***********002X"
    assert mask_number("E12345678") == "E******78"
    assert mask_number("12345") == "1**45"


def test_age_grows_on_the_birthday() -> None:
    assert age(date(2008, 3, 2), date(2026, 3, 1)) == 17
    assert age(date(2008, 3, 2), date(2026, 3, 2)) == 18
    assert age(date(2008, 2, 29), date(2026, 2, 28)) == 17


def test_an_id_card_and_a_household_register_name_the_same_person() -> None:
    card, register = (identifying_text(kind, "1") for kind in (CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER))
    assert card == register != identifying_text(CertificateType.PASSPORT, "1")


def test_the_sex_is_what_the_person_says_whatever_the_registrys_digit(patients: Patients) -> None:
    assert patients.create(OWNER, told(certificate_number=citizen("11010119900307001"), sex="female")).sex is Sex.FEMALE
