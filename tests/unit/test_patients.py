from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from guahao.contracts.queries import PatientQuery
from guahao.domain.booking.ledger import BookingPolicy
from guahao.domain.errors import DuplicateCertificate, Invalid, NotFound, PatientCapReached, Unavailable
from guahao.domain.people.certificates import CertificateType, Sex
from guahao.domain.people.patients import PatientPolicy
from guahao.domain.time import age
from guahao.usecases.people.patients import Patients
from tests.builders import citizen
from tests.fakes.clock import FakeClock
from tests.fakes.patients import FakePatients
from tests.fakes.vault import FakeVault

OWNER = "owner"
TODAY = date(2026, 3, 2)
MOTHER = {"name": "李梅", "phone": "13900000003"}
GUARDIAN = {**MOTHER, "birth_date": date(1985, 6, 6)}


def told(**changes: Any) -> dict[str, Any]:
    """Return what a user tells of a valid patient, with changes."""
    number = citizen("11010119900307001")
    plain = {"name": "王小明", "certificate_type": "idCard", "certificate_number": number, "sex": "male"}
    return {**plain, "birth_date": date(1990, 3, 7), "phone": "13900000002", **changes}


@pytest.fixture
def patients() -> Patients:
    return Patients(FakePatients(), FakeVault(), FakeClock(), PatientPolicy(), BookingPolicy(), lambda codes: ())


def passport(n: int) -> dict[str, Any]:
    """Return what a user tells of one of as many people as there are numbers."""
    return told(certificate_type="passport", certificate_number=f"E{n:08}", issuing_state="SGP")


def faults(patients: Patients, **changes: Any) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        patients.create(OWNER, told(**changes))
    assert patients.find(OWNER, PatientQuery(limit=1)).items == []
    return [fault["field"] for fault in refusal.value.errors]


def test_a_patient_is_stored_sealed_and_shown_masked(patients: Patients) -> None:
    patient = patients.create(OWNER, told())
    assert patients.get(OWNER, patient.patient_id) == patient
    assert patient.certificate.masked_number == "110***********0011"
    assert patient.masked_phone == "139****0002"
    assert patients.vault.open(patient.certificate.sealed_number) == told()["certificate_number"]
    assert told()["certificate_number"] not in repr(patient)
    assert "13900000002" not in repr(patient)


@pytest.mark.parametrize(
    "number",
    [
        "110101199003070012",  # check digit
        citizen("99010119900307001"),  # region
        citizen("11000119900307001"),  # city
        citizen("11010120260303001"),  # born tomorrow
        citizen("11010118950301001"),  # born 131 years ago
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


def test_a_birth_date_out_of_all_lifetimes_is_named_once_in_each_field(patients: Patients) -> None:
    born_tomorrow = {"certificate_number": citizen("11010120260303001"), "birth_date": date(2026, 3, 3)}
    assert faults(patients, **born_tomorrow) == ["certificateNumber", "birthDate"]
    assert faults(patients, birth_date=date(2026, 3, 3)) == ["birthDate"]


def test_the_birth_date_must_be_that_of_the_number(patients: Patients) -> None:
    assert faults(patients, birth_date=date(1990, 3, 8)) == ["birthDate"]
    assert faults(patients, birth_date=date(1990, 3, 8), phone="1") == ["birthDate", "phone"]


def test_a_birth_date_lies_in_a_lifetime(patients: Patients) -> None:
    foreigner = {"certificate_type": "passport", "certificate_number": "E12345678", "issuing_state": "SGP"}
    assert faults(patients, **foreigner, birth_date=date(2026, 3, 3)) == ["birthDate"]
    assert faults(patients, **foreigner, birth_date=date(1895, 3, 1)) == ["birthDate"]
    assert patients.create(OWNER, told(**foreigner, birth_date=TODAY, contact=GUARDIAN)).birth_date == TODAY


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
    state = "SGP" if kind == "passport" else ""
    assert faults(patients, certificate_type=kind, certificate_number=wrong, issuing_state=state) == ["certificateNumber"]
    assert patients.create(OWNER, told(certificate_type=kind, certificate_number=right, issuing_state=state)).certificate.type == kind


def test_a_contact_may_lack_a_certificate_but_not_half_of_it(patients: Patients) -> None:
    assert faults(patients, contact={**MOTHER, "phone": "3"}) == ["contact.phone"]
    assert faults(patients, contact={**MOTHER, "certificate_number": "E12345678"}) == ["contact.certificateType"]
    assert faults(patients, contact={**MOTHER, "certificate_type": "idCard"}) == ["contact.certificateNumber"]
    unborn = citizen("11010120260303001")
    assert faults(patients, contact={**MOTHER, "certificate_type": "idCard", "certificate_number": unborn}) == ["contact.certificateNumber"]
    number = citizen("11010119650101002")
    patient = patients.create(OWNER, told(contact={**MOTHER, "certificate_type": "idCard", "certificate_number": number}))
    assert patient.contact
    assert patient.contact.certificate
    assert patients.vault.open(patient.contact.certificate.sealed_number) == number


@pytest.mark.parametrize(("birth_date", "needed"), [(date(2008, 3, 3), True), (date(2008, 3, 2), False)])
def test_a_minor_needs_a_guardian_to_call(patients: Patients, birth_date: date, needed: bool) -> None:
    minor = {"certificate_type": "passport", "certificate_number": "E12345678", "issuing_state": "SGP", "birth_date": birth_date}
    at_midnight_in_shanghai = FakeClock(datetime(2026, 3, 1, 16, tzinfo=UTC))
    patients = replace(patients, clock=at_midnight_in_shanghai)
    if needed:
        assert faults(patients, **minor) == ["contact"]
    assert patients.create(OWNER, told(**minor, contact=GUARDIAN if needed else None)).birth_date == birth_date


@pytest.mark.parametrize(
    ("province", "city", "district", "wrong"),
    [
        ("", "", "", []),
        ("110000", "", "", []),
        ("110000", "110100", "", []),
        ("110000", "110100", "110101", []),
        ("120000", "110100", "", ["cityCode"]),
        ("", "110100", "", ["cityCode"]),
        ("110000", "110100", "110201", ["districtCode"]),
        ("110000", "", "110101", ["districtCode"]),
        ("120000", "110100", "120101", ["cityCode", "districtCode"]),
    ],
)
def test_a_region_lies_in_the_one_above(patients: Patients, province: str, city: str, district: str, wrong: list[str]) -> None:
    codes = {"province_code": province, "city_code": city, "district_code": district}
    if wrong:
        assert faults(patients, **codes) == wrong
    else:
        assert patients.create(OWNER, told(**codes)).district_code == district


def test_a_region_is_one_of_the_dictionary(patients: Patients) -> None:
    knowing = replace(patients, unknown_regions=lambda codes: set(codes) - {"110000", "110100"})
    codes = {"province_code": "110000", "city_code": "110100"}
    assert faults(knowing, **codes, district_code="110199") == ["districtCode"]
    assert faults(knowing, province_code="990000", city_code="999900", phone="1") == ["phone", "provinceCode", "cityCode"]
    assert knowing.create(OWNER, told(**codes)).city_code == "110100"


def test_a_dictionary_out_of_reach_keeps_nobody_from_registering(patients: Patients) -> None:
    def fail(codes: Collection[str]) -> Collection[str]:
        raise Unavailable("The dictionary does not answer.")

    assert replace(patients, unknown_regions=fail).create(OWNER, told(province_code="110000")).province_code == "110000"


def test_an_account_has_ten_patients_at_most_and_room_again_when_one_leaves(patients: Patients) -> None:
    first, *_ = [patients.create(OWNER, passport(n)) for n in range(10)]
    with pytest.raises(PatientCapReached, match="10 patients") as refusal:
        patients.create(OWNER, passport(10))
    assert refusal.value.rule == "patientsPerAccount"
    assert patients.create("other", passport(10))
    patients.remove(OWNER, first.patient_id)
    assert patients.create(OWNER, passport(10))


def test_the_number_of_patients_is_configuration(patients: Patients) -> None:
    strict = replace(patients, policy=PatientPolicy(per_account=1))
    strict.create(OWNER, passport(1))
    with pytest.raises(PatientCapReached):
        strict.create(OWNER, passport(2))


def test_a_change_replaces_every_detail_and_keeps_the_id(patients: Patients) -> None:
    before = patients.create(OWNER, told(contact=MOTHER, address="示例街1号", married=True))
    patients.clock.advance(days=1)  # type: ignore[attr-defined]
    after = patients.change(OWNER, before.patient_id, passport(1))
    assert after == patients.get(OWNER, before.patient_id)
    assert (after.patient_id, after.created_at, after.version) == (before.patient_id, before.created_at, 2)
    assert (after.contact, after.address, after.married) == (None, "", False)
    assert after.certificate.type is CertificateType.PASSPORT


def test_a_change_that_cannot_be_right_changes_nothing(patients: Patients) -> None:
    patient = patients.create(OWNER, told())
    with pytest.raises(Invalid):
        patients.change(OWNER, patient.patient_id, told(birth_date=date(1990, 3, 8)))
    assert patients.get(OWNER, patient.patient_id) == patient


def test_a_changed_certificate_is_in_the_account_once_and_the_former_one_is_free(patients: Patients) -> None:
    first, second = patients.create(OWNER, passport(1)), patients.create(OWNER, passport(2))
    with pytest.raises(DuplicateCertificate):
        patients.change(OWNER, first.patient_id, passport(2))
    patients.change(OWNER, first.patient_id, passport(3))
    assert patients.change(OWNER, second.patient_id, passport(1)).person == first.person
    third = patients.create(OWNER, passport(2))
    assert len({patient.patient_id for patient in (first, second, third)}) == 3


def test_a_removed_patient_is_gone_and_may_come_back_as_another(patients: Patients) -> None:
    patient = patients.create(OWNER, told())
    patients.remove(OWNER, patient.patient_id)
    for call in (patients.get, patients.remove):
        with pytest.raises(NotFound):
            call(OWNER, patient.patient_id)
    assert patients.find(OWNER, PatientQuery()).items == []
    assert patients.create(OWNER, told()).patient_id != patient.patient_id


def test_patients_who_came_and_went_leave_nothing_of_the_person(patients: Patients) -> None:
    for n in range(3):
        patient = patients.create(OWNER, passport(n))
        patients.change(OWNER, patient.patient_id, passport(n + 10))
        patients.remove(OWNER, patient.patient_id)
    assert patients.patients._ledgers == {}  # type: ignore[attr-defined]


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
    assert len(patients.find(OWNER, PatientQuery()).items) == 1


def test_two_accounts_may_hold_the_same_person(patients: Patients) -> None:
    one, other = patients.create(OWNER, told()), patients.create("other", told())
    assert one.patient_id != other.patient_id


def test_another_users_patient_is_not_there(patients: Patients) -> None:
    patient = patients.create(OWNER, told())
    for call in (patients.get, patients.remove, lambda *ids: patients.change(*ids, told(name="王大明"))):
        with pytest.raises(NotFound):
            call("other", patient.patient_id)
    assert patients.find("other", PatientQuery()).items == []
    assert patients.get(OWNER, patient.patient_id) == patient


def test_q_matches_any_part_of_the_name(patients: Patients) -> None:
    for n, name in enumerate(("王小明", "李小红", "Anna Wang")):
        patients.create(OWNER, told(name=name, certificate_type="passport", certificate_number=f"E1234567{n}", issuing_state="SGP"))
    assert {p.name for p in patients.find(OWNER, PatientQuery(q="小")).items} == {"王小明", "李小红"}
    assert {p.name for p in patients.find(OWNER, PatientQuery(q="wang")).items} == {"Anna Wang"}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_hold_every_patient_once(patients: Patients, limit: int) -> None:
    created = {patients.create(OWNER, passport(n)).patient_id for n in range(5)}
    seen, cursor = [], None
    while True:
        page = patients.find(OWNER, PatientQuery(limit=limit, cursor=cursor))
        seen += [patient.patient_id for patient in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == created


def test_age_grows_on_the_birthday() -> None:
    assert age(date(2008, 3, 2), date(2026, 3, 1)) == 17
    assert age(date(2008, 3, 2), date(2026, 3, 2)) == 18
    assert age(date(2008, 2, 29), date(2026, 2, 28)) == 17


def test_the_sex_is_what_the_person_says_whatever_the_registrys_digit(patients: Patients) -> None:
    assert patients.create(OWNER, told(certificate_number=citizen("11010119900307001"), sex="female")).sex is Sex.FEMALE
