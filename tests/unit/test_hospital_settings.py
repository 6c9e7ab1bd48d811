"""Hospitals' contracts: who made what of them is kept, keys are shown once, and a lock is felt everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import Forbidden, HospitalConflict, Invalid, PoolUnavailable, Unauthenticated
from guahao.domain.gateway import HospitalSetting
from guahao.usecases.hospital_settings import Contracts, draw_key
from tests.contracts import ACTOR, DETAILS, NEW, URL, House
from tests.fakes.hospital_settings import SettingsOfContracts
from tests.killing import Killer, deaths
from tests.publishing import CODE


def test_a_new_contract_has_a_key_that_is_shown_once_and_opens_the_gateway() -> None:
    house = House()
    assert house.gateway(house.key) == CODE
    kept = house.contracts().get(CODE)
    for shown in (repr(kept), repr(house.contracts().find("", 9, None)), repr(house.log.entries), repr(house.store.contracts)):
        assert house.key not in shown
        assert "69156114" not in shown
    assert (kept.masked_contact_phone, kept.version, kept.locked) == ("010****6114", 0, False)
    assert house.log.entries[0].deed == Deed(ACTOR, Action.HOSPITAL_CREATED, CODE)


def test_a_key_is_32_random_bytes_and_kept_out_of_the_text_of_what_carries_it() -> None:
    assert len(bytes.fromhex(draw_key())) == 32
    assert draw_key() != draw_key()
    house = House()
    assert house.key not in repr(house.contracts().rotate_key(ACTOR, CODE, timedelta()))
    made = house.contracts().create(ACTOR, NEW, *DETAILS)
    assert made.key not in repr(made)


def test_a_code_has_one_contract() -> None:
    house = House()
    assert house.refusal(lambda: house.contracts().create(ACTOR, CODE, *DETAILS)) == "hospitalCodeFree"
    assert house.gateway(house.key) == CODE


@pytest.mark.parametrize("url", ["http://his.hospital.example", "https://127.0.0.1/api", "https://169.254.169.254/", "file:///etc/passwd"])
def test_a_contract_has_no_address_that_the_platform_will_not_call(url: str) -> None:
    house = House()
    before = house.contracts().get(CODE)
    for act in (
        lambda: house.contracts().create(ACTOR, NEW, "x", url, "y", "010-69156114"),
        lambda: house.contracts().change(ACTOR, CODE, "x", url, "y", None),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert [fault["field"] for fault in refused.value.errors] == ["apiUrl"]
    assert house.contracts().get(CODE) == before
    assert house.store.get(NEW) is None


def test_a_change_keeps_the_phone_that_is_not_given_and_the_key() -> None:
    house = House()
    changed = house.contracts().change(ACTOR, CODE, "协和", f"{URL}/2", "李主任", None)
    assert (changed.name, changed.api_url, changed.contact_name) == ("协和", f"{URL}/2", "李主任")
    assert (changed.masked_contact_phone, house.contracts().get(CODE)) == ("010****6114", changed)
    changed = house.contracts().change(ACTOR, CODE, "协和", URL, "李主任", "13800000001")
    assert (changed.masked_contact_phone, house.vault.open(changed.sealed_contact_phone)) == ("138****0001", "13800000001")
    assert house.gateway(house.key) == CODE
    assert house.deeds() == [Deed(ACTOR, Action.HOSPITAL_CHANGED, CODE)] * 2


def test_of_two_operators_who_change_one_contract_at_once_one_is_refused() -> None:
    for act in (
        lambda house: house.contracts().change("wang.fang", CODE, "mine", URL, "y", None),
        lambda house: house.contracts().rotate_key("wang.fang", CODE, timedelta()),
        lambda house: house.contracts().lock("wang.fang", CODE, "mine"),
    ):
        house = House()
        house.store.meanwhile = lambda house=house: house.contracts().change(ACTOR, CODE, "theirs", URL, "y", None)  # type: ignore[misc]
        with pytest.raises(HospitalConflict) as refused:
            act(house)
        assert refused.value.rule == "unmoved"
        assert house.contracts().get(CODE).name == "theirs"
        assert [deed.actor for deed in house.deeds()] == [ACTOR]
        assert house.gateway(house.key) == CODE


def test_of_two_operators_who_make_one_contract_at_once_one_is_refused() -> None:
    house = House()
    house.store.meanwhile = lambda: house.contracts().create("wang.fang", NEW, *DETAILS)
    with pytest.raises(HospitalConflict):
        house.contracts().create(ACTOR, NEW, *DETAILS)
    assert [deed.actor for deed in house.deeds()] == ["wang.fang"]


def test_after_a_rotation_both_keys_are_good_for_the_overlap_and_then_the_new_one() -> None:
    house = House()
    new = house.contracts().rotate_key(ACTOR, CODE, timedelta(hours=24)).key
    assert new != house.key
    assert house.gateway(new) == house.gateway(house.key) == CODE
    house.clock.advance(hours=24)
    assert house.gateway(new) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)
    assert house.deeds() == [Deed(ACTOR, Action.HOSPITAL_KEY_ROTATED, CODE)]


def test_a_rotation_without_overlap_ends_the_old_key_at_once() -> None:
    house = House()
    new = house.contracts().rotate_key(ACTOR, CODE, timedelta()).key
    assert house.gateway(new) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)


def test_a_rotation_during_an_overlap_keeps_the_present_key_and_drops_the_one_before() -> None:
    house = House()
    second = house.contracts().rotate_key(ACTOR, CODE, timedelta(hours=24)).key
    house.clock.advance(hours=1)
    third = house.contracts().rotate_key(ACTOR, CODE, timedelta(hours=24)).key
    assert house.gateway(second) == house.gateway(third) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)


def test_a_locked_hospital_is_refused_by_the_gateway_and_booked_by_nobody_from_any_memory() -> None:
    house = House()
    assert house.is_bookable()
    locked = house.contracts().lock(ACTOR, CODE, "expired")
    assert (locked.locked, locked.lock_reason) == (True, "expired")
    assert not house.is_bookable()
    assert house.pool.sessions == {}
    with pytest.raises(Forbidden):
        house.gateway(house.key)
    assert not house.contracts().unlock(ACTOR, CODE, "renewed").locked
    assert house.is_bookable()
    assert house.gateway(house.key) == CODE
    expected = [Deed(ACTOR, Action.HOSPITAL_LOCKED, CODE, "expired"), Deed(ACTOR, Action.HOSPITAL_UNLOCKED, CODE, "renewed")]
    assert house.deeds() == expected


def test_a_lock_that_the_pools_did_not_hear_of_says_so_and_is_felt_once_repeated() -> None:
    house = House()
    house.pool.down = True
    with pytest.raises(PoolUnavailable):
        house.contracts().lock(ACTOR, CODE, "expired")
    house.pool.down = False
    house.contracts().lock(ACTOR, CODE, "expired")
    assert not house.is_bookable()


def test_a_lock_that_was_killed_anywhere_is_brought_to_its_end_by_the_same_request() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].contracts(killer).lock(ACTOR, CODE, "expired")

    for _ in deaths(run):
        house = houses[-1]
        assert house.contracts().lock(ACTOR, CODE, "expired").locked
        assert not house.is_bookable()
        entry = house.catalog.hospital(CODE)
        assert entry is not None
        assert entry.locked
        assert {(deed.action, deed.reason) for deed in house.deeds()} == {(Action.HOSPITAL_LOCKED, "expired")}


def test_an_unlock_that_was_killed_anywhere_is_brought_to_its_end_by_the_same_request() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].contracts().lock(ACTOR, CODE, "expired")
        houses[-1].build_pool()
        houses[-1].contracts(killer).unlock(ACTOR, CODE, "renewed")

    for _ in deaths(run):
        house = houses[-1]
        assert not house.contracts().unlock(ACTOR, CODE, "renewed").locked
        assert house.is_bookable()
        assert [deed.action for deed in house.deeds()] == [Action.HOSPITAL_LOCKED, Action.HOSPITAL_UNLOCKED]


def test_doing_a_lock_again_keeps_its_reason_and_is_logged_once() -> None:
    house = House()
    house.contracts().lock(ACTOR, CODE, "expired")
    assert house.contracts().lock("wang.fang", CODE, "another").lock_reason == "expired"
    assert house.deeds() == [Deed(ACTOR, Action.HOSPITAL_LOCKED, CODE, "expired")]


def test_whatever_order_a_lock_and_an_unlock_come_to_their_ends_in_the_catalogue_says_what_the_contract_says() -> None:
    house = House()

    class SlowCatalog:
        """Lets somebody unlock between the reading of the contract and the writing of its lock."""

        def __getattr__(self, name: str) -> object:
            return getattr(house.catalog, name)

        def set_locked(self, hospital_code: str, locked: bool) -> None:
            if locked and house.store.contracts[CODE].locked:
                house.contracts().unlock("wang.fang", CODE, "renewed")
            house.catalog.set_locked(hospital_code, locked)

    parts = (house.store, SlowCatalog(), house.pool, lambda _, __: False, house.vault, house.clock)
    Contracts(*parts).lock(ACTOR, CODE, "expired")  # type: ignore[arg-type]
    entry = house.catalog.hospital(CODE)
    assert entry is not None
    assert not entry.locked
    assert not house.contracts().get(CODE).locked
    assert house.is_bookable()


def test_what_the_platform_says_of_orders_is_still_said_to_a_locked_hospital() -> None:
    house = House()
    house.contracts().lock(ACTOR, CODE, "expired")
    setting = SettingsOfContracts(house.store, house.vault).get(CODE)
    assert isinstance(setting, HospitalSetting)
    assert (setting.api_url, setting.key) == (URL, house.key)
