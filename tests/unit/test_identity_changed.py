"""Notices of decisions on identities: each told once, and only while it is so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from guahao.domain.errors import Unavailable
from guahao.domain.people.accounts import IdentityState
from tests.builders import NOW
from tests.unit.noticing import World, an_identity


def test_an_approval_says_that_booking_is_open() -> None:
    world = World()
    world.tell(world.decide(approved=True))
    assert [phone for phone, _ in world.sms.sent] == ["13800000001"]
    assert "已通过" in world.sms.sent[0][1]


def test_a_rejection_says_why_and_what_to_do_next() -> None:
    world = World()
    world.tell(world.decide(approved=False, reason="照片不清晰。"))
    assert "未通过，原因：照片不清晰。请" in world.sms.sent[0][1]
    assert "重新提交" in world.sms.sent[0][1]


@pytest.mark.parametrize("approved", [True, False])
def test_a_decision_is_told_once(approved: bool) -> None:
    world = World()
    decided = world.decide(approved)
    for _ in range(3):
        world.tell(decided)
        world.clock.advance(minutes=1)
    assert len(world.sms.sent) == 1


def test_each_rejection_is_told_even_of_two_submissions_in_a_row() -> None:
    world = World()
    world.tell(world.decide(approved=False))
    again = replace(an_identity(), submission_id="s2").decide(False, "", "auditor", NOW)
    world.identities.identities["u1"] = again
    world.tell(again)
    assert len(world.sms.sent) == 2


def test_a_decision_that_could_not_be_told_is_told_by_the_next_try() -> None:
    world = World()
    decided = world.decide(approved=True)
    world.sms.broken = True
    with pytest.raises(Unavailable):
        world.tell(decided)
    world.sms.broken = False
    world.tell(decided)
    assert len(world.sms.sent) == 1


@pytest.mark.parametrize("since", [{"submission_id": "s2"}, {"state": IdentityState.UNDER_REVIEW}, {"state": IdentityState.APPROVED}])
def test_a_rejection_is_not_told_when_the_identity_has_moved_on(since: dict[str, object]) -> None:
    world = World()
    rejected = world.decide(approved=False)
    world.identities.identities["u1"] = replace(rejected, **since)  # type: ignore[arg-type]
    world.tell(rejected)
    assert world.sms.sent == []


def test_nothing_is_told_of_an_identity_that_is_not_there() -> None:
    world = World()
    world.tell(an_identity().decide(True, "", "auditor", NOW))
    assert world.sms.sent == []
