"""The end of a hospital's contract, and its beginning: nothing is left half done, and nobody who has a number is overlooked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest

from guahao.domain.audit_log import Action, Deed
from guahao.domain.errors import DomainError, HospitalConflict, NotFound, Unauthenticated
from guahao.usecases.hospital_settings import SETTLING
from tests.contracts import ACTOR, DETAILS, NEW, URL, House
from tests.killing import Killer, deaths
from tests.publishing import CODE


def test_only_a_locked_hospital_without_orders_to_come_is_removed() -> None:
    house = House()

    def remove() -> None:
        house.contracts().remove(ACTOR, CODE)

    assert house.refusal(remove) == "hospitalLocked"
    house.contracts().lock(ACTOR, CODE, "expired")
    house.clock.advance(minutes=20)
    house.booked_until = date(2026, 3, 2)
    assert house.refusal(remove) == "noOrdersToCome"
    house.booked_until = date(2026, 3, 1)
    remove()
    assert house.deeds()[-1] == Deed(ACTOR, Action.HOSPITAL_REMOVED, CODE)


def test_a_hospital_with_sessions_is_removed_once_every_booking_that_began_before_its_lock_is_seen() -> None:
    house = House()
    house.contracts().lock(ACTOR, CODE, "expired")
    with pytest.raises(HospitalConflict) as refused:
        house.contracts().remove(ACTOR, CODE)
    assert (refused.value.rule, refused.value.retry_at) == ("bookingsSettled", house.clock() + SETTLING)
    house.clock.advance(seconds=SETTLING.total_seconds())
    house.contracts().remove(ACTOR, CODE)
    house.contracts().create(ACTOR, NEW, *DETAILS)
    house.contracts().lock(ACTOR, NEW, "a mistake")
    house.contracts().remove(ACTOR, NEW)
    assert house.store.contracts == {}


def test_a_lock_that_the_catalogue_never_heard_of_counts_from_when_it_is_done_again() -> None:
    house = House()
    house.contracts().lock(ACTOR, CODE, "expired")
    house.catalog.set_locked(CODE, False)  # what a kill between the two leaves
    house.clock.advance(hours=1)
    assert house.refusal(lambda: house.contracts().remove(ACTOR, CODE)) == "hospitalLocked"
    house.contracts().lock(ACTOR, CODE, "expired")
    assert house.refusal(lambda: house.contracts().remove(ACTOR, CODE)) == "bookingsSettled"


def test_a_removed_hospital_is_gone_everywhere_and_comes_back_offline() -> None:
    house = House()
    house.contracts().lock(ACTOR, CODE, "expired")
    house.clock.advance(hours=1)
    house.contracts().remove(ACTOR, CODE)
    assert house.contracts().find("", 9, None).items == []
    acts: list[Callable[[], object]] = [
        lambda: house.contracts().get(CODE),
        lambda: house.contracts().remove(ACTOR, CODE),
        lambda: house.contracts().lock(ACTOR, CODE, "again"),
        lambda: house.contracts().unlock(ACTOR, CODE, "again"),
        lambda: house.contracts().rotate_key(ACTOR, CODE, timedelta()),
        lambda: house.contracts().change(ACTOR, CODE, "x", URL, "y", None),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Unauthenticated):
        house.gateway(house.key)
    assert not house.is_bookable()
    made = house.contracts().create(ACTOR, CODE, *DETAILS)
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
        houses[-1].contracts().lock(ACTOR, CODE, "expired")
        houses[-1].clock.advance(hours=1)
        houses[-1].contracts(killer).remove(ACTOR, CODE)

    for _ in deaths(run):
        house = houses[-1]
        with suppress(NotFound):
            house.contracts().remove(ACTOR, CODE)
        assert house.store.contracts == {}
        assert [deed.action for deed in house.deeds()] == [Action.HOSPITAL_LOCKED, Action.HOSPITAL_REMOVED]
        assert not house.is_bookable()


def test_a_creation_that_was_killed_leaves_nothing_or_a_contract_whose_key_can_be_changed() -> None:
    houses: list[House] = []

    def run(killer: Killer) -> None:
        houses.append(House())
        houses[-1].contracts(killer).create(ACTOR, NEW, *DETAILS)

    for _ in deaths(run):
        house = houses[-1]
        made: list[DomainError] = []
        try:
            house.contracts().create(ACTOR, NEW, *DETAILS)
        except HospitalConflict as refused:
            made.append(refused)
            house.contracts().rotate_key(ACTOR, NEW, timedelta())
        assert house.contracts().get(NEW).version == len(made)
