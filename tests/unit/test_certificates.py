"""Numbers of certificates: which can be genuine, whom they name, what is shown of them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guahao.domain.people.certificates import CertificateType, identifying_text, mask_number, number_faults
from tests.builders import citizen

TODAY = date(2026, 3, 2)


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


def test_masks_never_show_more_than_seven_signs() -> None:
    assert mask_number("11010519491231002X") == "110***********002X"
    assert mask_number("E12345678") == "E******78"
    assert mask_number("12345") == "1**45"


def test_an_id_card_and_a_household_register_name_the_same_person() -> None:
    card, register = (identifying_text(kind, "1") for kind in (CertificateType.ID_CARD, CertificateType.HOUSEHOLD_REGISTER))
    assert card == register != identifying_text(CertificateType.PASSPORT, "1")
