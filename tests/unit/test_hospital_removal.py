"""The end of a hospital's setting, and its beginning: nothing is left half done, and nobody who has a number is overlooked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest

from guahao.contracts.queries import HospitalSettingQuery
from guahao.domain.administration.audit_log import Action, AuditEntry
from guahao.domain.errors import DomainError, HospitalConflict, NotFound, Unauthenticated
from guahao.usecases.hospitals.hospital_settings import BOOKINGS_END_AFTER
from tests.hospital_house import ACTOR, DETAILS, NEW, URL, House
from tests.killing import Killer, deaths
from tests.publishing import CODE


def test_only_a_locked_hospital_without_orders_to_come_is_removed() -> None:
    house = House()

    def remove() -> None:
        house.settings().remove(ACTOR, CODE)

    assert house.refusal(remove) == "hospitalLocked"
    house.settings().lock(ACTOR, CODE, "expired")
    house.clock.advance(minutes=20)
    house.booked_until = date(2026, 3, 2)
    assert house.refusal(remove) == "noOrdersToCome"
    house.booked_until = date(2026, 3, 1)
    remove()
    assert house.entries()[-1] == AuditEntry(ACTOR, Action.HOSPITAL_REMOVED, CODE)


def test_a_hospital_with_schedules_is_removed_once_every_booking_that_began_before_its_lock_is_seen() -> None:
    house = House()
    house.settings().lock(ACTOR, CODE, "expired")
    with pytest.raises(HospitalConflict) as refused:
        house.settings().remove(ACTOR, CODE)
    assert (refused.value.rule, refused.value.retry_at) == ("bookingsSettled", house.clock() + BOOKINGS_END_AFTER)
    house.clock.advance(seconds=BOOKINGS_END_AFTER.total_seconds())
    house.settings().remove(ACTOR, CODE)
    house.settings().create(ACTOR, NEW, *DETAILS)
    house.settings().lock(ACTOR, NEW, "a mistake")
    house.settings().remove(ACTOR, NEW)
    assert house.store.settings == {}


def test_a_lock_that_the_catalogue_never_heard_of_counts_from_when_it_is_done_again() -> None:
    house = House()
    house.settings().lock(ACTOR, CODE, "expired")
    house.catalog.set_locked(CODE, False)  # what a kill between the two leaves
    house.clock.advance(hours=1)
    assert house.refusal(lambda: house.settings().remove(ACTOR, CODE)) == "hospitalLocked"
    house.settings().lock(ACTOR, CODE, "expired")
    assert house.refusal(lambda: house.settings().remove(ACTOR, CODE)) == "bookingsSettled"


def test_a_removed_hospital_is_gone_everywhere_and_comes_back_offline() -> None:
    house = House()
    house.settings().lock(ACTOR, CODE, "expired")
    house.clock.advance(hours=1)
    house.settings().remove(ACTOR, CODE)
    assert house.settings().find(HospitalSettingQuery()).items == []
    acts: list[Callable[[], object]] = [
        lambda: house.settings().get(CODE),
        lambda: house.settings().remove(ACTOR, CODE),
        lambda: house.settings().lock(ACTOR, CODE, "again"),
        lambda: house.settings().unlock(ACTOR, CODE, "again"),
        lambda: house.settings().rotate_key(ACTOR, CODE, timedelta()),
        lambda: house.settings().change(ACTOR, CODE, "x", URL, "y", None),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)
    assert not house.is_bookable()
    made = house.settings().create(ACTOR, CODE, *DETAILS)
    entry = house.catalog.hospital(CODE)
    assert entry is not None
    assert (entry.online, entry.locked) == (False, False)
    assert house.gateway(made.key) == CODE
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)


def test_a_removal_that_was_killed_anywhere_is_brought_to_its_end_by_the_same_request() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].settings().lock(ACTOR, CODE, "expired")
        houses[-1].clock.advance(hours=1)
        houses[-1].settings(killer).remove(ACTOR, CODE)

    for _ in deaths(run):
        house = houses[-1]
        with suppress(NotFound):
            house.settings().remove(ACTOR, CODE)
        assert house.store.settings == {}
        assert [entry.action for entry in house.entries()] == [Action.HOSPITAL_LOCKED, Action.HOSPITAL_REMOVED]
        assert not house.is_bookable()


def test_a_creation_that_was_killed_leaves_nothing_or_a_setting_whose_key_can_be_changed() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].settings(killer).create(ACTOR, NEW, *DETAILS)

    for _ in deaths(run):
        house = houses[-1]
        made: list[DomainError] = []
        try:
            house.settings().create(ACTOR, NEW, *DETAILS)
        except HospitalConflict as refused:
            made.append(refused)
            house.settings().rotate_key(ACTOR, NEW, timedelta())
        assert house.settings().get(NEW).version == len(made)
