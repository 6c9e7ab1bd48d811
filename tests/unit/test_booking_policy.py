"""The booking policy is a parameter of the template, read and checked when a function first needs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from guahao.bootstrap.parts import booking_policy
from guahao.domain.booking.ledger import BookingPolicy, Rung
from guahao.domain.booking.unpaid import UnpaidPolicy
from tests.functions import forget_use_cases, limits

USUAL: dict[str, Any] = json.loads(limits()["BOOKING_POLICY"])


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    forget_use_cases()
    yield
    forget_use_cases()


def read(monkeypatch: pytest.MonkeyPatch, policy: object) -> BookingPolicy:
    monkeypatch.setenv("BOOKING_POLICY", json.dumps(policy))
    return booking_policy()


def test_who_sets_nothing_gets_the_usual_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, USUAL) == BookingPolicy()


def test_every_number_is_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    ladder = [{"count": 2, "days": 30, "bannedDays": 7}, {"count": 5, "days": 365, "bannedDays": 180}]
    told = {"version": "strict.2", "perDay": 1, "perWeek": 2, "perQuarter": 3, "weekDays": 6, "quarterDays": 90, "noShows": ladder}
    told["unpaid"] = {"hours": 48, "endsPerSchedule": 1, "endsPerPerson": 4, "endsPerAccount": 7, "holds": 3, "holdsOfPersons": 5}
    told["noShowAttendancePercent"], told["newbornDays"] = 80, 365
    assert read(monkeypatch, told) == BookingPolicy(
        "strict.2", 1, 2, 3, 6, 90, (Rung(2, 30, 7), Rung(5, 365, 180)), UnpaidPolicy(48, 1, 4, 7, 3, 5), 80, 365
    )


def test_a_policy_may_do_without_a_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {**USUAL, "noShows": []}).no_shows == ()


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ({name: value for name, value in USUAL.items() if name != "perWeek"}, "perWeek"),
        ({**USUAL, "perDay": 0}, "perDay"),
        ({**USUAL, "perDay": "2"}, "perDay"),
        ({**USUAL, "perDay": True}, "perDay"),
        ({**USUAL, "perMonth": 4}, "perMonth"),
        ({**USUAL, "version": ""}, "version"),
        ({**USUAL, "version": "2026 @ 1"}, "version"),
        ({**USUAL, "noShows": [{"count": 3, "days": 90}]}, "noShows.0.bannedDays"),
        ({**USUAL, "noShows": [{"count": 0, "days": 90, "bannedDays": 90}]}, "noShows.0.count"),
        ({**USUAL, "unpaid": {**USUAL["unpaid"], "holds": 0}}, "unpaid.holds"),
        ({name: value for name, value in USUAL.items() if name != "unpaid"}, "unpaid"),
        ({**USUAL, "noShowAttendancePercent": 0}, "noShowAttendancePercent"),
        ({**USUAL, "noShowAttendancePercent": 101}, "noShowAttendancePercent"),
        ("2026-2", "BookingPolicySetting"),
    ],
)
def test_a_wrong_policy_is_refused_by_the_name_of_what_is_wrong(monkeypatch: pytest.MonkeyPatch, policy: object, named: str) -> None:
    with pytest.raises(ValueError, match=named) as refusal:
        read(monkeypatch, policy)
    assert "BookingPolicySetting" in str(refusal.value)
