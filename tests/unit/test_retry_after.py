"""What time heals says after how many seconds the same request may succeed, as RFC 9110, 10.2.3, has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guahao.domain.errors import DomainError, NotReleased, NumberSoldOut, ProviderUnavailable, TooMany, Unavailable, UnpaidEnds
from tests.unit.test_api import call, raised

TOMORROW, YESTERDAY = (datetime.now(UTC) + days * timedelta(days=1) for days in (1, -1))


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        (TooMany("d"), 5, 5),
        (Unavailable("d"), 5, 5),
        (ProviderUnavailable("d"), 5, 5),
        (TooMany("d", retry_at=TOMORROW), 80_000, 86_400),
        (Unavailable("d", retry_at=TOMORROW), 80_000, 86_400),
        (NotReleased("d", retry_at=TOMORROW), 80_000, 86_400),
        (UnpaidEnds("d", retry_at=TOMORROW), 80_000, 86_400),
        (NotReleased("d", retry_at=YESTERDAY), 1, 1),
    ],
)
def test_what_time_heals_says_when_to_come_again(error: DomainError, least: int, most: int) -> None:
    raised.append(error)
    assert least <= int(call("POST", "/raw/{id}")["headers"]["Retry-After"]) <= most


def test_what_time_does_not_heal_says_nothing_of_it() -> None:
    for error in (NumberSoldOut("d"), ValueError("d")):
        raised.append(error)
        assert "Retry-After" not in call("POST", "/raw/{id}")["headers"]
