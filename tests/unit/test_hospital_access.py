"""What a hospital's system may do: its keys, their rotation and the lock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import Forbidden, PoolUnavailable, Unauthenticated
from guahao.usecases.hospitals.hospital_access import HospitalAccessService
from tests.hospital_house import ACTOR, House
from tests.killing import Killer, deaths
from tests.publishing import CODE


def test_after_a_rotation_both_keys_are_good_for_the_overlap_and_then_the_new_one() -> None:
    house = House()
    new = house.settings().rotate_key(ACTOR, CODE, timedelta(hours=24)).key
    assert new != house.key
    assert house.gateway(new) == house.gateway(house.key) == CODE
    house.clock.advance(hours=24)
    assert house.gateway(new) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)
    assert house.entries() == [AuditEntry(ACTOR, Action.HOSPITAL_KEY_ROTATED, CODE)]


def test_a_rotation_without_overlap_ends_the_old_key_at_once() -> None:
    house = House()
    new = house.settings().rotate_key(ACTOR, CODE, timedelta()).key
    assert house.gateway(new) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)


def test_a_rotation_during_an_overlap_keeps_the_present_key_and_drops_the_one_before() -> None:
    house = House()
    second = house.settings().rotate_key(ACTOR, CODE, timedelta(hours=24)).key
    house.clock.advance(hours=1)
    third = house.settings().rotate_key(ACTOR, CODE, timedelta(hours=24)).key
    assert house.gateway(second) == house.gateway(third) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)


def test_a_locked_hospital_is_refused_by_the_gateway_and_booked_by_nobody_from_any_memory() -> None:
    house = House()
    assert house.is_bookable()
    locked = house.settings().lock(ACTOR, CODE, "expired")
    assert (locked.locked, locked.lock_reason) == (True, "expired")
    assert not house.is_bookable()
    assert house.pool.schedules == {}
    with pytest.raises(Forbidden):
        house.gateway(house.key)
    assert not house.settings().unlock(ACTOR, CODE, "renewed").locked
    assert house.is_bookable()
    assert house.gateway(house.key) == CODE
    expected = [AuditEntry(ACTOR, Action.HOSPITAL_LOCKED, CODE, "expired"), AuditEntry(ACTOR, Action.HOSPITAL_UNLOCKED, CODE, "renewed")]
    assert house.entries() == expected


def test_a_lock_that_the_pools_did_not_hear_of_says_so_and_is_felt_once_repeated() -> None:
    house = House()
    house.pool.down = True
    with pytest.raises(PoolUnavailable):
        house.settings().lock(ACTOR, CODE, "expired")
    house.pool.down = False
    house.settings().lock(ACTOR, CODE, "expired")
    assert not house.is_bookable()


def test_a_lock_that_was_killed_anywhere_is_brought_to_its_end_by_the_same_request() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].settings(killer).lock(ACTOR, CODE, "expired")

    for _ in deaths(run):
        house = houses[-1]
        assert house.settings().lock(ACTOR, CODE, "expired").locked
        assert not house.is_bookable()
        entry = house.catalog.hospital(CODE)
        assert entry is not None
        assert entry.locked
        assert {(entry.action, entry.reason) for entry in house.entries()} == {(Action.HOSPITAL_LOCKED, "expired")}


def test_an_unlock_that_was_killed_anywhere_is_brought_to_its_end_by_the_same_request() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].settings().lock(ACTOR, CODE, "expired")
        houses[-1].build_pool()
        houses[-1].settings(killer).unlock(ACTOR, CODE, "renewed")

    for _ in deaths(run):
        house = houses[-1]
        assert not house.settings().unlock(ACTOR, CODE, "renewed").locked
        assert house.is_bookable()
        assert [entry.action for entry in house.entries()] == [Action.HOSPITAL_LOCKED, Action.HOSPITAL_UNLOCKED]


def test_doing_a_lock_again_keeps_its_reason_and_is_logged_once() -> None:
    house = House()
    house.settings().lock(ACTOR, CODE, "expired")
    assert house.settings().lock("wang.fang", CODE, "another").lock_reason == "expired"
    assert house.entries() == [AuditEntry(ACTOR, Action.HOSPITAL_LOCKED, CODE, "expired")]


def test_whatever_order_a_lock_and_an_unlock_come_to_their_ends_in_the_catalogue_says_what_the_setting_says() -> None:
    house = House()

    class SlowCatalog:
        """Lets somebody unlock between the reading of the setting and the writing of its lock."""

        def __getattr__(self, name: str) -> object:
            return getattr(house.catalog, name)

        def set_locked(self, hospital_code: str, locked: bool) -> None:
            if locked and house.store.settings[CODE].locked:
                house.settings().unlock("wang.fang", CODE, "renewed")
            house.catalog.set_locked(hospital_code, locked)

    parts = (house.store, SlowCatalog(), house.pool, house.vault, house.clock)
    HospitalAccessService(*parts).lock(ACTOR, CODE, "expired")  # type: ignore[arg-type]
    entry = house.catalog.hospital(CODE)
    assert entry is not None
    assert not entry.locked
    assert not house.settings().get(CODE).locked
    assert house.is_bookable()
