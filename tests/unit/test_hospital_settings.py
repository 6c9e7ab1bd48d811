"""Hospitals' settings: who made what of them is kept, keys are shown once, and a lock is felt everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guahao.contracts.queries import HospitalSettingQuery
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import HospitalConflict, Invalid
from guahao.domain.hospitals.hospital_access import HospitalAccess
from guahao.usecases.hospitals.hospital_access import draw_key
from tests.fakes.hospital_settings import AccessOfSettings
from tests.hospital_house import ACTOR, DETAILS, NEW, URL, House
from tests.publishing import CODE


def test_a_new_setting_has_a_key_that_is_shown_once_and_opens_the_gateway() -> None:
    house = House()
    assert house.gateway(house.key) == CODE
    kept = house.settings().get(CODE)
    for shown in (repr(kept), repr(house.settings().find(HospitalSettingQuery())), repr(house.log.entries), repr(house.store.settings)):
        assert house.key not in shown
        assert "69156114" not in shown
    assert (kept.masked_contact_phone, kept.version, kept.locked) == ("010****6114", 0, False)
    assert house.log.entries[0].entry == AuditEntry(ACTOR, Action.HOSPITAL_CREATED, CODE)


def test_a_key_is_32_random_bytes_and_kept_out_of_the_text_of_what_carries_it() -> None:
    assert len(bytes.fromhex(draw_key())) == 32
    assert draw_key() != draw_key()
    house = House()
    assert house.key not in repr(house.settings().rotate_key(ACTOR, CODE, timedelta()))
    made = house.settings().create(ACTOR, NEW, *DETAILS)
    assert made.key not in repr(made)


def test_a_code_has_one_setting() -> None:
    house = House()
    assert house.refusal(lambda: house.settings().create(ACTOR, CODE, *DETAILS)) == "hospitalCodeFree"
    assert house.gateway(house.key) == CODE


@pytest.mark.parametrize("url", ["http://his.hospital.example", "https://127.0.0.1/api", "https://169.254.169.254/", "file:///etc/passwd"])
def test_a_setting_has_no_address_that_the_platform_will_not_call(url: str) -> None:
    house = House()
    before = house.settings().get(CODE)
    for act in (
        lambda: house.settings().create(ACTOR, NEW, "x", url, "y", "010-69156114"),
        lambda: house.settings().change(ACTOR, CODE, "x", url, "y", None),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert [fault["field"] for fault in refused.value.errors] == ["apiUrl"]
    assert house.settings().get(CODE) == before
    assert house.store.get(NEW) is None


def test_a_change_keeps_the_phone_that_is_not_given_and_the_key() -> None:
    house = House()
    changed = house.settings().change(ACTOR, CODE, "协和", f"{URL}/2", "李主任", None)
    assert (changed.name, changed.api_url, changed.contact_name) == ("协和", f"{URL}/2", "李主任")
    assert (changed.masked_contact_phone, house.settings().get(CODE)) == ("010****6114", changed)
    changed = house.settings().change(ACTOR, CODE, "协和", URL, "李主任", "13800000001")
    assert (changed.masked_contact_phone, house.vault.open(changed.sealed_contact_phone)) == ("138****0001", "13800000001")
    assert house.gateway(house.key) == CODE
    assert house.entries() == [AuditEntry(ACTOR, Action.HOSPITAL_CHANGED, CODE)] * 2


def test_of_two_operators_who_change_one_setting_at_once_one_is_refused() -> None:
    for act in (
        lambda house: house.settings().change("wang.fang", CODE, "mine", URL, "y", None),
        lambda house: house.settings().rotate_key("wang.fang", CODE, timedelta()),
        lambda house: house.settings().lock("wang.fang", CODE, "mine"),
    ):
        house = House()
        house.store.meanwhile = lambda house=house: house.settings().change(ACTOR, CODE, "theirs", URL, "y", None)  # type: ignore[misc]
        with pytest.raises(HospitalConflict) as refused:
            act(house)
        assert refused.value.rule == "unmoved"
        assert house.settings().get(CODE).name == "theirs"
        assert [entry.actor for entry in house.entries()] == [ACTOR]
        assert house.gateway(house.key) == CODE


def test_of_two_operators_who_make_one_setting_at_once_one_is_refused() -> None:
    house = House()
    house.store.meanwhile = lambda: house.settings().create("wang.fang", NEW, *DETAILS)
    with pytest.raises(HospitalConflict):
        house.settings().create(ACTOR, NEW, *DETAILS)
    assert [entry.actor for entry in house.entries()] == ["wang.fang"]


def test_what_the_platform_says_of_orders_is_still_said_to_a_locked_hospital() -> None:
    house = House()
    house.settings().lock(ACTOR, CODE, "expired")
    setting = AccessOfSettings(house.store, house.vault).get(CODE)
    assert isinstance(setting, HospitalAccess)
    assert (setting.api_url, setting.key) == (URL, house.key)
