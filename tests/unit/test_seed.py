"""The demo data: real regions, whole cycles, the same for a day whenever it is made."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from infra.seed.departments import departments_of
from infra.seed.hospitals import demo_hospitals
from infra.seed.schedules import schedules_of
from infra.seed.users import citizen

from guahao.domain.booking.bookable import ScheduleState
from guahao.domain.catalog.catalog import Grade, Hospital
from guahao.domain.people.certificates import CertificateType, holder_faults, number_faults

ROOT = Path(__file__).parents[2]
HOSPITALS = demo_hospitals()
TODAY = date(2026, 3, 2)
REGIONS = {code: parent for code, _, parent in json.loads((ROOT / "infra" / "data" / "regions.json").read_text("utf-8"))}


def cycle(hospital: Hospital, today: date) -> tuple[date, date]:
    return today, today + timedelta(days=hospital.booking_rule.cycle_days)


def test_there_are_34_provinces_and_each_region_lies_in_the_one_above() -> None:
    assert sum(not parent for parent in REGIONS.values()) == 34
    assert all(len(code) == 6 and (not parent or parent in REGIONS) for code, parent in REGIONS.items())


def test_each_of_at_least_12_hospitals_has_real_regions_and_eight_departments_in_groups() -> None:
    assert len({h.hospital_code for h in HOSPITALS}) == len(HOSPITALS) >= 12
    for hospital in HOSPITALS:
        assert (REGIONS[hospital.district_code], REGIONS[hospital.city_code]) == (hospital.city_code, hospital.province_code)
        departments = departments_of(hospital.hospital_code)
        assert len({d.department_code for d in departments}) == 8
        assert set(Counter(d.group_code for d in departments).values()) == {2}
    assert {h.grade for h in HOSPITALS} == {Grade.TERTIARY_A, Grade.TERTIARY_B, Grade.SECONDARY_A}


@pytest.mark.parametrize("hospital", HOSPITALS, ids=lambda hospital: hospital.name)
def test_every_day_of_the_cycle_has_schedules_but_not_of_every_department(hospital: Hospital) -> None:
    found = schedules_of(hospital, *cycle(hospital, TODAY), shows_states=False)
    days = {s.date for s in found}
    assert (min(days), max(days), len(days)) == (*cycle(hospital, TODAY), hospital.booking_rule.cycle_days + 1)
    assert len({(s.date, s.department_code) for s in found}) < 8 * len(days)
    assert all(8 <= s.total <= 20 and 1000 <= s.fee_fen <= 30000 for s in found)
    assert len({s.schedule_id for s in found}) == len(found)


def test_the_next_day_only_adds_the_new_last_day() -> None:
    for hospital in HOSPITALS:
        today = schedules_of(hospital, *cycle(hospital, TODAY), shows_states=True)
        next_day = schedules_of(hospital, *cycle(hospital, TODAY + timedelta(days=1)), shows_states=True)
        assert {s.date for s in next_day if s not in today} == {TODAY + timedelta(days=hospital.booking_rule.cycle_days + 1)}


@pytest.mark.parametrize("shift", range(7))
def test_one_suspended_and_one_closed_schedule_can_be_tried_from_tomorrow_on(shift: int) -> None:
    first, last = cycle(HOSPITALS[0], TODAY + timedelta(days=shift))
    found = schedules_of(HOSPITALS[0], first + timedelta(days=1), last, shows_states=True)
    states = Counter(s.state for s in found)
    assert states[ScheduleState.SUSPENDED] == states[ScheduleState.CLOSED] == 1


@pytest.mark.parametrize("phone", ["13800000001", "13800000002", "19999999999", "16600000100"])
def test_a_demo_patient_has_a_certificate_that_passes_every_check(phone: str) -> None:
    number, _, birth_date = citizen(phone)
    assert number_faults(CertificateType.ID_CARD, number, "certificateNumber", TODAY) == []
    assert holder_faults(CertificateType.ID_CARD, number, birth_date) == []


def test_demo_users_are_persons_of_their_own() -> None:
    phones = ["13800000001", *map(str, range(13900000000, 13900000400))]
    assert len({citizen(phone)[0] for phone in phones}) == len(phones)
