"""Which certificates name the same person, in the lists of patients and in identities."""

from __future__ import annotations

import pytest

from guahao.domain.errors import DuplicateCertificate, Invalid
from tests.unit.registering import GUARDIAN, NUMBER, World, passport


@pytest.mark.parametrize(
    ("kind", "old", "renewed"), [("hkMacaoPermit", "H1234567801", "H1234567802"), ("taiwanPermit", "12345678", "1234567803")]
)
def test_a_renewed_travel_permit_is_no_second_patient_and_keeps_the_ledger(kind: str, old: str, renewed: str) -> None:
    world = World()
    patient = world.register(certificate_type=kind, certificate_number=old)
    told = world.told(certificate_type=kind, certificate_number=renewed)
    with pytest.raises(DuplicateCertificate):
        world.patients.create("u1", told)
    after = world.patients.change("u1", patient.patient_id, told)
    assert after.person == patient.person
    assert world.vault.open(after.certificate.sealed_number) == renewed


def test_a_renewed_travel_permit_of_another_account_is_still_that_accounts() -> None:
    world = World()
    world.submit("u1", certificate_type="taiwanPermit", certificate_number="1234567801")
    with pytest.raises(DuplicateCertificate):
        world.submit("u2", certificate_type="taiwanPermit", certificate_number="1234567802")


def test_passports_of_two_states_may_have_one_number() -> None:
    """A passport is number and issuing state (ICAO 9303)."""
    world = World()
    of_singapore, of_korea = (world.register(**passport(state=state)) for state in ("SGP", "KOR"))
    assert of_singapore.person != of_korea.person
    assert (of_singapore.certificate.issuing_state, of_korea.certificate.issuing_state) == ("SGP", "KOR")
    with pytest.raises(DuplicateCertificate):
        world.register(**passport())


def test_passports_of_two_states_with_one_number_are_two_identities() -> None:
    """A passport is number and issuing state (ICAO 9303)."""
    world = World()
    assert world.submit("u1", **passport()).certificate.issuing_state == "SGP"
    with pytest.raises(DuplicateCertificate):
        world.submit("u2", **passport())
    assert world.submit("u2", **passport(state="KOR"))


@pytest.mark.parametrize("state", ["", "XYZ", "sgp", "SG"])
def test_a_passport_needs_the_state_that_issued_it(state: str) -> None:
    """The state by its three letters (ISO 3166-1), for patients, guardians and identities."""
    world, of_state = World(), passport(state=state)
    assert world.faults(**of_state) == ["issuingState"]
    assert world.faults(contact=GUARDIAN | of_state) == ["contact.issuingState"]
    with pytest.raises(Invalid) as refusal:
        world.submit(**of_state)
    assert [fault["field"] for fault in refusal.value.errors] == ["issuingState"]


def test_no_certificate_but_a_passport_has_an_issuing_state() -> None:
    world = World()
    assert world.faults(issuing_state="CHN") == ["issuingState"]
    assert world.faults(contact=GUARDIAN | {"issuing_state": "CHN"}) == ["contact.issuingState"]
    assert world.faults(contact={"name": "李梅", "phone": "13900000003", "issuing_state": "CHN"}) == ["contact.certificateType"]
    with pytest.raises(Invalid) as refusal:
        world.submit(certificate_number=NUMBER, issuing_state="CHN")
    assert [fault["field"] for fault in refusal.value.errors] == ["issuingState"]
