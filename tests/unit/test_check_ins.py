"""A hospital's answer confirms an order only if its check-in is on the day of the visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from guahao.domain.errors import HospitalUnreachable
from guahao.domain.hospitals.partner_calls import HospitalKnows
from tests.unit.test_partner_calls import World

ELSEWHERE = ["2026-03-06T00:00:00+08:00", "2026-03-04T08:00:00+08:00", "2026-03-05T16:00:00+00:00", "2027-03-05T08:00:00+08:00"]


def answer(world: World, check_in_at: str) -> None:
    """Let the hospital name this check-in for the order that it has."""
    booked = world.hospital.orders["o1"]
    record = replace(booked.record, check_in_at=datetime.fromisoformat(check_in_at))
    world.hospital.orders["o1"] = replace(booked, record=record)


def registered() -> World:
    """Return a world whose hospital has the order, and whose answer was lost."""
    world = World()
    world.place()
    world.hospital.loses_answers = True
    with pytest.raises(HospitalUnreachable):
        world.calls.notify_hospital("o1")
    world.hospital.loses_answers = False
    return world


@pytest.mark.parametrize("check_in_at", ELSEWHERE)
def test_a_check_in_that_is_not_on_the_visits_day_confirms_nothing_until_it_is(check_in_at: str) -> None:
    world = registered()
    answer(world, check_in_at)
    with pytest.raises(HospitalUnreachable):
        world.calls.notify_hospital("o1")
    assert (world.order().record, world.order().hospital_knows) == (None, HospitalKnows.NOTHING)
    assert world.order().hospital_is_behind
    answer(world, "2026-03-05T08:00:00+08:00")
    world.calls.notify_hospital("o1")
    assert world.order().hospital_knows is HospitalKnows.BOOKED


@pytest.mark.parametrize("check_in_at", ["2026-03-05T00:00:00+08:00", "2026-03-05T23:59:59+08:00", "2026-03-04T23:30:00+00:00"])
def test_the_day_of_a_check_in_is_that_of_shanghai(check_in_at: str) -> None:
    world = registered()
    answer(world, check_in_at)
    world.calls.notify_hospital("o1")
    assert world.order().record == world.hospital.orders["o1"].record


def test_a_cancelled_order_is_cancelled_at_the_hospital_whatever_check_in_it_names() -> None:
    world = registered()
    answer(world, ELSEWHERE[0])
    world.cancel()
    world.calls.notify_hospital("o1")
    assert world.hospital.orders["o1"].knows is HospitalKnows.CANCELLED
    assert (world.order().record, world.order().hospital_knows) == (None, HospitalKnows.CANCELLED)
    assert not world.order().hospital_is_behind
